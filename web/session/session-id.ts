import { useSyncExternalStore } from 'react';
import { session } from '../api/browser-session.ts';

/** The id of this browser's session: null if no one is signed in, undefined until that is known. */
export function useSessionId(): string | null | undefined {
  return useSyncExternalStore(session.subscribe, () => session.id);
}

/** Whether a user is signed in, as soon as that is known. */
export async function isSignedIn(): Promise<boolean> {
  while (session.id === undefined) {
    await new Promise<void>((resolve) => {
      const done = session.subscribe(() => {
        done();
        resolve();
      });
    });
  }
  return session.id !== null;
}
