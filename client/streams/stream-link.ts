import { httpSubscriptionLink, type TRPCLink } from '@trpc/client';
import { observable, type Unsubscribable } from '@trpc/server/observable';
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
  return (runtime) => {
    let loading: Promise<ReturnType<Link>> | undefined;
    const load = async () => {
      const { SignedEventSource: EventSource } = await import('./event-source.ts');
      return httpSubscriptionLink({ url, EventSource, eventSourceOptions: { fetch: signed } })(runtime);
    };
    return (context) =>
      observable((observer) => {
        let left = false;
        let subscription: Unsubscribable | undefined;
        loading ??= load();
        loading.then(
          (link) => {
            if (!left) subscription = link(context).subscribe(observer);
          },
          (error) => {
            loading = undefined;
            observer.error(error);
          },
        );
        return () => {
          left = true;
          subscription?.unsubscribe();
        };
      });
  };
}
