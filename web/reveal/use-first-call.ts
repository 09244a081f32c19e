import { useEffect, useState } from 'react';
import type { TailEvent } from '../../shared/tail.ts';
import { client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keyUsed } from '../key-model/key-changed.ts';

type TailedCall = Extract<TailEvent, { type: 'call' }>;

/** What is known of the first call of a key. */
export interface FirstCallState {
  /** Whether calls are listened for at this moment. */
  readonly listening: boolean;
  readonly arrived: boolean;
  /** The call that arrived; null too where it came while nobody listened. */
  readonly call: TailedCall | null;
  /** The last call that was refused before. */
  readonly refused: TailedCall | null;
}

const NOTHING: FirstCallState = { listening: false, arrived: false, call: null, refused: null };

/** A stream that ended is opened again after so many milliseconds. */
const AGAIN_MS = 2_000;

/** Listens until the first call of a key arrives, however often the connection is lost meanwhile. */
export function useFirstCall({ id, lastUsedAt }: ConsoleKey): FirstCallState {
  const [heard, setHeard] = useState(NOTHING);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stream: { unsubscribe(): void } | undefined;
    const tell = (more: Partial<FirstCallState>) => !over && setHeard((before) => ({ ...before, ...more }));
    const leave = () => {
      over = true;
      clearTimeout(timer);
      stream?.unsubscribe();
    };
    const arrive = (call: TailedCall | null) => {
      tell({ arrived: true, call, refused: null });
      leave();
      void keyUsed(id);
    };
    /** A call that came while nobody listened has left its mark on the key. */
    const look = () =>
      client.keys.get.query({ id }).then(
        (key) => !over && key.lastUsedAt !== lastUsedAt && arrive(null),
        () => {},
      );
    const again = () => {
      if (over) return;
      tell({ listening: false });
      clearTimeout(timer);
      timer = setTimeout(() => {
        listen();
        void look();
      }, AGAIN_MS);
    };
    const listen = () => {
      stream = client.keys.tail.subscribe(
        { id },
        {
          onStarted: () => tell({ listening: true }),
          onConnectionStateChange: ({ state }) => tell({ listening: state === 'pending' }),
          onData: ({ data }) => {
            if (data.type === 'missed') void look();
            else if (data.outcome === 'OK') arrive(data);
            else tell({ refused: data });
          },
          onError: again,
          onComplete: again,
        },
      );
    };
    listen();
    return leave;
  }, [id, lastUsedAt]);
  return heard;
}
