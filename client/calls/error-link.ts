import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';
import { abortedCall, isAborted } from './aborted-call.ts';
import { toKeysealRefusal } from './refusal.ts';

/** Turns refusals into KeysealRefusals, and gives aborted calls their error. */
export const errorLink: TRPCLink<KeysealRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        ...observer,
        error: (error) =>
          observer.error(isAborted(error) ? abortedCall(error.cause) : toKeysealRefusal(error)),
      }),
    );
