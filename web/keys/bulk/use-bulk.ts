import { useEffect, useRef, useState } from 'react';
import { api, queryClient } from '../../api/service.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { type BulkAction, perform } from './bulk-action.ts';
import { type Outcome, runEach } from './run-each.ts';

/** Calls that are under way at the same time: a workspace has its turn with others. */
const MAX_CONCURRENT = 4;

export type BulkState =
  | { readonly is: 'asking' }
  | { readonly is: 'running'; readonly ended: number; readonly all: number }
  | { readonly is: 'ended'; readonly outcomes: readonly Outcome<ConsoleKey>[] };

/** Carries out an action for several keys. Leaving the page stops it. */
export function useBulk(action: BulkAction) {
  const [state, setState] = useState<BulkState>({ is: 'asking' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (keys: readonly ConsoleKey[]) => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    setState({ is: 'running', ended: 0, all: keys.length });
    const outcomes = await runEach(keys, {
      atOnce: MAX_CONCURRENT,
      signal: controller.signal,
      onEnd: (ended) => setState({ is: 'running', ended, all: keys.length }),
      call: ({ id }) => perform[action](id),
    });
    running.current = null;
    setState({ is: 'ended', outcomes });
    void queryClient.invalidateQueries(api.keys.pathFilter());
    void queryClient.invalidateQueries(api.audit.pathFilter());
  };
  return { state, start, stop: () => running.current?.abort() };
}
