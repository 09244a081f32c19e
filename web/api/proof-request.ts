import { getUntypedClient, type TRPCClient } from '@trpc/client';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import type { KeysealRouter } from '../../client/router.ts';

/** Ends the request for a proof; null while nobody is asked for one. */
let settle: ((proven: boolean) => void) | null = null;
let asked: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

/** Whether the user is asked to prove who they are, for the dialog of the page that asks them. */
export const proofRequest = {
  isOpen: (): boolean => settle !== null,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  /** @param proven whether the user has proven it; false if they do not want to */
  end: (proven: boolean): void => settle?.(proven),
};

/** Asks once for all calls that wait. @returns false if the user does not want to, or the page has no dialog */
function askForProof(): Promise<boolean> {
  if (listeners.size === 0) return Promise.resolve(false);
  asked ??= new Promise<boolean>((resolve) => {
    const change = (to: typeof settle) => {
      settle = to;
      for (const listener of listeners) listener();
    };
    change((proven) => {
      asked = null;
      change(null);
      resolve(proven);
    });
  });
  return asked;
}

/**
 * Makes every mutation of a client that is refused with STEP_UP_REQUIRED again, once, after the user has proven who they are. So
 * no form knows about it, and each keeps its input in the meantime.
 */
export function repeatAfterProof(client: TRPCClient<KeysealRouter>): void {
  const untyped = getUntypedClient(client);
  const mutation = untyped.mutation.bind(untyped);
  untyped.mutation = async (...call) => {
    try {
      return await mutation(...call);
    } catch (error) {
      const needsProof = error instanceof KeysealRefusal && error.reason === 'STEP_UP_REQUIRED';
      if (!needsProof || !(await askForProof())) throw error;
      return mutation(...call);
    }
  };
}
