import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';
import type { Fetch } from '../signing/signing-fetch.ts';

type Link = TRPCLink<KeysealRouter>;

/** Refuses every subscription, in a client that verifies responses. */
export const refusedStreamLink: Link = () => () =>
  observable((observer) => {
    import('../responses/verify-response.ts').then(
      ({ unverifiableStream }) => observer.error(unverifiableStream()),
      (error) => observer.error(error),
    );
  });

/** The link for subscriptions. It loads its code with the first one: most callers open none. */
export function streamLink(url: string, signed: Fetch): Link {
  return () =>
    ({ op }) =>
      observable((observer) => {
        let left = false;
        let close = () => {};
        import('./subscription.ts').then(
          ({ openSubscription }) => {
            if (!left) close = openSubscription(url, op, signed, observer);
          },
          (error) => observer.error(error),
        );
        return () => {
          left = true;
          close();
        };
      });
}
