import type { OperationLink } from '@trpc/client';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';
import { readShape } from './refusal.ts';

/**
 * Sends a query in a batch, and again in a request of its own if the results of that batch were too large together. The
 * service limits the results of a batch, not the result of one call.
 */
export function repeatAlone(
  batch: OperationLink<KeysealRouter>,
  single: OperationLink<KeysealRouter>,
): OperationLink<KeysealRouter> {
  return (call) => {
    if (call.op.type !== 'query') return batch(call);
    return observable((observer) => {
      let current: Unsubscribable | undefined;
      current = batch(call).subscribe({
        ...observer,
        error: (error) => {
          if (readShape({ error: error.shape })?.data.reason !== 'BODY_TOO_LARGE')
            return observer.error(error);
          current = single(call).subscribe(observer);
        },
      });
      return () => current?.unsubscribe();
    });
  };
}
