import type { ConsoleKey } from '../key-model/key.ts';
import { useMayHold } from '../key-model/may-hold.ts';
import type { KeyAction } from './key-action.ts';

/** The actions for each status of a key: the service refuses the rest. */
const OFFERED = {
  active: ['rotate', 'disable', 'revoke'],
  disabled: ['enable', 'revoke'],
  expired: ['revoke'],
  revoked: [],
} as const satisfies Record<ConsoleKey['status'], readonly KeyAction[]>;

/** Actions only for users who may see the key's secrets. */
const FOR_HOLDERS: ReadonlySet<KeyAction> = new Set(['rotate', 'enable']);

/** The actions of a key that the user may choose, and whether others are left to users who may see its secrets. */
export function useOfferedActions(apiKey: ConsoleKey): {
  readonly actions: readonly KeyAction[];
  readonly isPartial: boolean;
} {
  const mayHold = useMayHold(apiKey);
  const all: readonly KeyAction[] = OFFERED[apiKey.status];
  const actions = all.filter((action) => mayHold || !FOR_HOLDERS.has(action));
  return { actions, isPartial: actions.length < all.length };
}
