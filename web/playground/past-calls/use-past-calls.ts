import { useState } from 'react';
import { identityKey, useMe } from '../../session/me.ts';
import type { PlaygroundOutcome } from '../call.ts';
import { type PastCall, readPastCalls, withCall } from './past-calls.ts';

/** The calls that a user made here, in their workspace, until they close the tab. */
export function usePastCalls() {
  const storageKey = `keyseal-playground ${identityKey(useMe())}`;
  const [calls, setCalls] = useState(() => readPastCalls(storedAt(storageKey)));
  const keep = (next: readonly PastCall[]) => {
    setCalls(next);
    try {
      sessionStorage.setItem(storageKey, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing shows them until the page is left.
    }
  };
  const add = (procedure: string, { response }: PlaygroundOutcome) => {
    const { status, headers, refusal, took } = response;
    const requestId = headers.find(([name]) => name === 'x-request-id')?.[1] ?? '';
    const reason = refusal?.data.reason ?? null;
    keep(withCall(calls, { at: Date.now(), procedure, status, reason, requestId, took: Math.round(took) }));
  };
  return { calls, add, clear: () => keep([]) };
}

function storedAt(storageKey: string): string | null {
  try {
    return sessionStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
