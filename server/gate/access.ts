import type { Access } from '../../shared/guard.ts';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Caller } from './caller.ts';

/**
 * A caller as the table of access knows it: `for` is a key on behalf of a user, `out` a person who does not belong to
 * the workspace in which their session acts.
 */
type Proof = 'none' | 'key' | 'for' | 'user' | 'out' | 'session';

const ok = null;
const NO = 'ACCESS_DENIED';
const OUT = 'WORKSPACE_DENIED';
const NO_TOKEN = 'TOKEN_MISSING';

/** Which proof each kind of access takes, and what the others are told. Nothing is admitted by leaving out. */
const TABLE: Record<Access, Record<Proof, Reason | null>> = {
  public: { none: ok, key: NO, for: NO, user: NO, out: NO, session: NO },
  session: { none: NO, key: NO, for: NO, user: NO, out: NO, session: ok },
  user: { none: NO, key: NO, for: NO, user: ok, out: ok, session: NO_TOKEN },
  key: { none: NO, key: ok, for: ok, user: NO, out: OUT, session: NO_TOKEN },
  'key-for-user': { none: NO, key: NO_TOKEN, for: ok, user: NO, out: OUT, session: NO_TOKEN },
  'key-or-user': { none: NO, key: ok, for: NO, user: ok, out: OUT, session: NO_TOKEN },
  any: { none: NO, key: ok, for: ok, user: ok, out: OUT, session: NO_TOKEN },
};

/**
 * Refuses with ACCESS_DENIED where the proof is of the wrong kind, TOKEN_MISSING where one is wanting,
 * WORKSPACE_DENIED a person who left the workspace, but for what needs no workspace.
 */
export function checkAccess(caller: Caller | null, access: Access): void {
  const reason = TABLE[access][proofOf(caller)];
  if (reason !== null) throw new Refusal(reason);
}

/** Every reason that a kind of access has for callers who are proven: nobody is asked for what is public. */
export function deniedBy(access: Access): readonly Reason[] {
  if (access === 'public') return [];
  const { none, ...proven } = TABLE[access];
  return [...new Set(Object.values(proven))].filter((reason) => reason !== null);
}

function proofOf(caller: Caller | null): Proof {
  if (caller === null) return 'none';
  if (caller.kind === 'user' && caller.role === null) return 'out';
  return caller.kind === 'key' && caller.user !== null ? 'for' : caller.kind;
}
