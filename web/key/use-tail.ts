import { useEffect, useReducer, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { noteUse } from '../key-model/key-changed.ts';
import { MAX_ROWS, NOTHING_YET, type TailRow, tailReducer } from './tail-state.ts';

/** The state of the stream: `reconnecting` while it reconnects, `ended` if it will not. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended';

/**
 * The calls of a key as they end, while the component is mounted. It batches calls that arrive within one frame, and
 * a hidden window keeps no more than it would show.
 */
export function useTail(id: string) {
  const [state, dispatch] = useReducer(tailReducer, NOTHING_YET);
  const [connection, setConnection] = useState<Connection>('connecting');
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens another stream
  useEffect(() => {
    const rows = frameBatches((arrived) => dispatch({ arrived }));
    let wasLive = false;
    const stream = client.keys.tail.subscribe(
      { id },
      {
        onData: ({ data }) => {
          rows.add(data);
          if (data.type === 'call' && data.outcome === 'OK') noteUse(id, data.at);
        },
        onConnectionStateChange: ({ state, error }) => {
          // The client waits for as long as this lasts: show what it is.
          setError(error instanceof KeysealRefusal ? error : null);
          if (state === 'pending') wasLive = true;
          setConnection(state === 'pending' ? 'live' : wasLive ? 'reconnecting' : 'connecting');
        },
        onError: (reason) => {
          setError(reason);
          setConnection('ended');
        },
        onStopped: () => setConnection('ended'),
      },
    );
    return () => {
      stream.unsubscribe();
      rows.cancel();
    };
  }, [id, attempt]);

  const retry = () => {
    setError(null);
    setConnection('connecting');
    setAttempt((attempt) => attempt + 1);
  };
  return { ...state, dispatch, connection, error, retry };
}

/** Hands on, once a frame, the rows that arrived since the last one. It keeps the newest `MAX_ROWS`. */
function frameBatches(onBatch: (arrived: TailRow[]) => void) {
  let waiting: TailRow[] = [];
  let frame = 0;
  let n = 0;
  const show = () => {
    frame = 0;
    const arrived = waiting;
    waiting = [];
    onBatch(arrived);
  };
  return {
    add: (event: TailRow['event']) => {
      waiting.push({ n: ++n, event });
      if (waiting.length > MAX_ROWS) waiting.shift();
      frame ||= requestAnimationFrame(show);
    },
    cancel: () => cancelAnimationFrame(frame),
  };
}
