import { client } from '../../api/service.ts';
import type { ConsoleKey } from '../../key-model/key.ts';

/** What can be done to several keys at once. */
export const BULK_ACTIONS = ['disable', 'enable', 'revoke'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Keys of one bulk action. Each needs a separate call. */
export const MAX_SELECTED = 500;

/** The statuses of keys that an action changes. */
const APPLIES: Readonly<Record<BulkAction, readonly ConsoleKey['status'][]>> = {
  disable: ['active'],
  enable: ['disabled'],
  revoke: ['active', 'disabled', 'expired'],
};

/** The keys that an action changes. @param mayHold whether the reader may enable a key */
export const selectApplicable = (
  action: BulkAction,
  keys: readonly ConsoleKey[],
  mayHold: (key: ConsoleKey) => boolean,
): ConsoleKey[] =>
  keys.filter((key) => APPLIES[action].includes(key.status) && (action !== 'enable' || mayHold(key)));

/** Carries out an action for one key. */
export const perform: Readonly<Record<BulkAction, (id: string) => Promise<unknown>>> = {
  disable: (id) => client.keys.update.mutate({ id, enabled: false }),
  enable: (id) => client.keys.update.mutate({ id, enabled: true }),
  revoke: (id) => client.keys.revoke.mutate({ id }),
};
