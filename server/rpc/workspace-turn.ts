import type { Caller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import type { Context } from './trpc.ts';

/** Runs a statement that may scan many rows when it is its workspace's turn. */
export type WorkspaceTurn = <T>(read: () => Promise<T>) => Promise<T>;

type AdmittedContext = Pick<Context, 'service' | 'request'> & { readonly caller: Caller };

/** The turns of the caller's workspace. A call whose batch is full is refused instead of reading in its turn. */
export const workspaceTurnOf =
  ({ caller, service, request }: AdmittedContext): WorkspaceTurn =>
  (read) =>
    service.stores.costlyReads.run(payerOfCaller(caller), async () => {
      request.batchResults?.checkRoom();
      return read();
    });
