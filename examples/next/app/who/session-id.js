'use client';

import { createBrowserSession } from '@keyseal/client/session';
import { useSyncExternalStore } from 'react';

const session = createBrowserSession({ url: process.env.NEXT_PUBLIC_KEYSEAL_URL ?? 'http://localhost:3000' });

/** Without a snapshot for the server the build would stop: there, and until the page runs, nobody knows. */
const useSessionId = () =>
  useSyncExternalStore(
    session.subscribe,
    () => session.id,
    () => undefined,
  );

export function SessionId() {
  const id = useSessionId();
  return <p>{id === undefined ? 'Wait …' : id === null ? 'Nobody is signed in.' : `Session ${id}`}</p>;
}
