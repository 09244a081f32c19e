import type { Caller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import type { Service } from './trpc.ts';

/** Runs a statement that may scan many rows when it is its workspace's turn. */
export type WorkspaceTurn = <T>(read: () => Promise<T>) => Promise<T>;

/** The turns of the caller's workspace. */
export const workspaceTurnOf =
  ({ caller, service }: { readonly caller: Caller; readonly service: Service }): WorkspaceTurn =>
  (read) =>
    service.stores.costlyReads.run(payerOfCaller(caller), read);
