import { useEffect, useState } from 'react';
import type { TailEvent } from '../../shared/live-tail.ts';
import { client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keyUsed } from '../key-model/key-changed.ts';

type TailedCall = Extract<TailEvent, { type: 'call' }>;

/** The state of waiting for a key's first call. */
export interface FirstCallState {
  /** Whether a stream is open now. */
  readonly listening: boolean;
  readonly arrived: boolean;
  /** The call that arrived; null if none did, or if it came while no stream was open. */
  readonly call: TailedCall | null;
  /** Whether a call arrived with the secrets from before the rotation. */
  readonly byPrevious: boolean;
  /** The last call that was refused before. */
  readonly refused: TailedCall | null;
}

const INITIAL_STATE: FirstCallState = {
  listening: false,
  arrived: false,
  call: null,
  byPrevious: false,
  refused: null,
};

/** Milliseconds until a stream that ended is opened again. */
const AGAIN_MS = 2_000;

/** Listens until the first call with the current secrets of a key arrives, and reconnects whenever the stream breaks. */
export function useFirstCall({ id, lastUsedAt }: ConsoleKey): FirstCallState {
  const [state, setState] = useState(INITIAL_STATE);
  useEffect(
    () => listenForFirstCall({ id, lastUsedAt }, (more) => setState((before) => ({ ...before, ...more }))),
    [id, lastUsedAt],
  );
  return state;
}

/** @returns what ends it */
function listenForFirstCall(
  { id, lastUsedAt }: Pick<ConsoleKey, 'id' | 'lastUsedAt'>,
  onChange: (more: Partial<FirstCallState>) => void,
): () => void {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stream: { unsubscribe(): void } | undefined;
  const report = (more: Partial<FirstCallState>) => !over && onChange(more);
  const leave = () => {
    over = true;
    clearTimeout(timer);
    stream?.unsubscribe();
  };
  const arrive = (call: TailedCall | null) => {
    report({ arrived: true, call, refused: null });
    leave();
    void keyUsed(id);
  };
  /** Detects a call that came while no stream was open, by the key's last use. */
  const look = async () => {
    const key = await client.keys.get.query({ id }).catch(() => null);
    if (key && !over && key.lastUsedAt !== lastUsedAt && key.lastUsedAt !== key.previous?.lastUsedAt)
      arrive(null);
  };
  const retry = () => {
    if (over) return;
    report({ listening: false });
    clearTimeout(timer);
    timer = setTimeout(() => {
      listen();
      void look();
    }, AGAIN_MS);
  };
  const onData = ({ data }: { readonly data: TailEvent }) => {
    if (data.type === 'missed') void look();
    else if (data.outcome === 'OK' && data.pair === 'previous') report({ byPrevious: true, refused: null });
    else if (data.outcome === 'OK') arrive(data);
    else report({ refused: data });
  };
  const onConnectionStateChange = ({ state }: { readonly state: string }) =>
    report({ listening: state === 'pending' });
  const listen = () => {
    const onStarted = () => report({ listening: true });
    const handlers = { onStarted, onConnectionStateChange, onData, onError: retry, onComplete: retry };
    stream = client.keys.tail.subscribe({ id }, handlers);
  };
  listen();
  return leave;
}
