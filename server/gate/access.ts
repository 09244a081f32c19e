import type { Access } from '../../shared/guard.ts';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Caller } from './caller.ts';

/**
 * The callers that the access table distinguishes: `for` is a key on behalf of a user, `out` a person who is not a
 * member of the workspace in which their session acts.
 */
type Proof = 'none' | 'key' | 'for' | 'user' | 'out' | 'session';

const ok = null;
const NO = 'ACCESS_DENIED';
const OUT = 'WORKSPACE_DENIED';
const NO_TOKEN = 'TOKEN_MISSING';

/**
 * The callers that each kind of access admits (`ok`), and the reason with which it refuses the others. Every pair is
 * listed, so that no omission admits anybody.
 */
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
 * @throws Refusal ACCESS_DENIED if the credential is of the wrong kind, TOKEN_MISSING if a user token is missing,
 *   WORKSPACE_DENIED for a person who left the workspace if the procedure needs one
 */
export function checkAccess(caller: Caller | null, access: Access): void {
  const reason = TABLE[access][proofOf(caller)];
  if (reason !== null) throw new Refusal(reason);
}

/** The reasons with which a kind of access refuses authenticated callers. A public procedure refuses none. */
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
