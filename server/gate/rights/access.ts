import type { Access } from '../../../shared/guard.ts';
import type { Reason } from '../../../shared/refusals.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller } from '../caller/caller.ts';
import { membershipRefusal } from '../caller/membership-refusal.ts';

/** The columns of the access table. */
type CallerKind = 'none' | 'key' | 'keyForUser' | 'user' | 'nonMember' | 'session';

const ok = null;
const NO = 'ACCESS_DENIED';
/** For a user who is not a member of the workspace in which their session acts. */
const NON_MEMBER = 'WORKSPACE_DENIED';
const NO_TOKEN = 'TOKEN_MISSING';

/**
 * The callers that each kind of access admits (`ok`), and the reason with which it refuses the others. Every combination is
 * listed, so that no omission can admit anyone.
 */
const TABLE: Record<Access, Record<CallerKind, Reason | null>> = {
  public: { none: ok, key: NO, keyForUser: NO, user: NO, nonMember: NO, session: NO },
  session: { none: NO, key: NO, keyForUser: NO, user: NO, nonMember: NO, session: ok },
  user: { none: NO, key: NO, keyForUser: NO, user: ok, nonMember: ok, session: NO_TOKEN },
  key: { none: NO, key: ok, keyForUser: ok, user: NO, nonMember: NON_MEMBER, session: NO_TOKEN },
  'key-for-user': {
    none: NO,
    key: NO_TOKEN,
    keyForUser: ok,
    user: NO,
    nonMember: NON_MEMBER,
    session: NO_TOKEN,
  },
  'key-or-user': { none: NO, key: ok, keyForUser: NO, user: ok, nonMember: NON_MEMBER, session: NO_TOKEN },
  any: { none: NO, key: ok, keyForUser: ok, user: ok, nonMember: NON_MEMBER, session: NO_TOKEN },
};

/**
 * @throws Refusal ACCESS_DENIED if the credential is of the wrong kind, TOKEN_MISSING if a user token is missing,
 *   WORKSPACE_DENIED for a user who left the workspace if the procedure needs one, SIGN_IN_RULE if their sign-in does not meet
 *   its rule
 */
export function checkAccess(caller: Caller | null, access: Access): void {
  const reason = TABLE[access][kindOf(caller)];
  if (reason === NON_MEMBER && caller?.kind === 'user') throw membershipRefusal(caller.session);
  if (reason !== null) throw new Refusal(reason);
}

/** The reasons with which a kind of access refuses authenticated callers. A public procedure refuses none. */
export function deniedBy(access: Access): readonly Reason[] {
  if (access === 'public') return [];
  const { none, ...authenticated } = TABLE[access];
  return [...new Set(Object.values(authenticated))].filter((reason) => reason !== null);
}

function kindOf(caller: Caller | null): CallerKind {
  if (caller === null) return 'none';
  if (caller.kind === 'user' && caller.role === null) return 'nonMember';
  return caller.kind === 'key' && caller.user !== null ? 'keyForUser' : caller.kind;
}
