import type { Caller } from '../gate/caller.ts';
import { credentialKey } from '../gate/caller-fairness-key.ts';
import type { Service } from './trpc.ts';

/** Runs a statement that may scan many rows when it is its workspace's turn. */
export type InTurn = <T>(read: () => Promise<T>) => Promise<T>;

/** The turns of the caller. */
export const inTurnOf =
  ({ caller, service }: { readonly caller: Caller; readonly service: Service }): InTurn =>
  (read) =>
    service.stores.costlyReads.run(credentialKey(caller), read);
