import { hash, timingSafeEqual } from 'node:crypto';
import { addressPath } from '../../shared/fairness/fairness-path.ts';
import { unauthenticatedCaller } from '../gate/request/throttle.ts';
import { Refusal } from '../lib/refusal.ts';
import { acceptInvitation, findInvitation } from '../membership/accept-invitation.ts';
import type { Context, Service } from '../rpc/trpc.ts';
import type { Database, Db } from '../stores/database/database.ts';
import { isIssuedToken } from '../stores/secrets/link-tokens.ts';
import {
  type Account,
  insertAccount,
  insertUser,
  isEmpty,
  isSetupToken,
  spendSetupToken,
} from './accounts.ts';
import { queueUnauthenticated, queueUnauthenticatedWrite } from './password-queue.ts';
import { hashPassword, refuseCommon } from './passwords.ts';
import type { SignUpInput } from './schemas.ts';
import { beginSession } from './session.ts';

/** `first` requires the set-up token, `closed` an invitation. */
export type SignUpState = 'open' | 'first' | 'closed';

/** Databases known to have an account: they keep one forever. */
const begun = new WeakSet<Database>();

/** The current state of sign-up. Costs a query only until there is an account. @throws if the database is down */
export async function signUpState({ config, stores: { database } }: Service): Promise<SignUpState> {
  if (config.signUp === 'open') return 'open';
  if (begun.has(database)) return 'closed';
  if (await isEmpty(database.db)) return 'first';
  begun.add(database);
  return 'closed';
}

/**
 * Creates an account with its first session, in one transaction: with its own workspace, or in the workspace of
 * an invitation, which is used up and is valid even if sign-up is closed.
 * Refuses with RATE_LIMITED an IP address that creates too many, with CONFLICT if the e-mail address is taken, with
 * INVITATION_INVALID, with ACCESS_DENIED if sign-up is closed or the set-up token is wrong.
 */
export async function signUp(service: Service, input: SignUpInput, request: Context['request']) {
  const { database, clock, audit } = service.stores;
  // Before the hash, and again when the token is used. A guessed token uses no place of those who may sign up.
  await checkSignUpAllowed(service, input, request.address);
  const wait = service.stores.signUps.take(addressPath(request.address));
  if (wait > 0) throw new Refusal('RATE_LIMITED', { retryAfter: Math.ceil(wait / 1000) });
  const passwordHash = await queueUnauthenticated(request.address, async () => {
    await refuseCommon(input.password, 'password', namesOfAccount(service, input));
    return hashPassword(input.password);
  });
  return queueUnauthenticatedWrite(database, request.address, async (tx) => {
    const account = await makeAccount(service, tx, input, { passwordHash, createdAt: new Date(clock()) });
    const { user, workspaceId } = account;
    const session = await beginSession({ service, request }, tx, account, { method: 'password' });
    const actor = { caller: { kind: 'user', userId: user.id, workspaceId }, request } as const;
    await audit.record(tx, actor, { action: 'auth.signUp', ...madeBy(input, account) });
    return { user, session };
  });
}

const namesOfAccount = ({ config }: Service, { email, name = '' }: SignUpInput) => [
  email,
  name,
  config.brand,
];

/** Omits the workspace's name: it is the person's name at first, and a record is permanent. */
function madeBy({ invitationToken }: SignUpInput, { user, workspaceId }: Account) {
  if (invitationToken === undefined) {
    return { kind: 'workspace', subject: workspaceId, after: { ownerId: user.id } } as const;
  }
  return { kind: 'member', subject: user.id, after: { userId: user.id } } as const;
}

/** A token that was never issued uses the lookups of unauthenticated callers. */
async function checkSignUpAllowed(
  { stores, config, gate }: Service,
  { invitationToken, setupToken = '', email }: SignUpInput,
  address: string | null,
): Promise<void> {
  const { database, vault, clock } = stores;
  const client = unauthenticatedCaller(address);
  if (invitationToken !== undefined) {
    const read = () => findInvitation(database.db, vault, invitationToken, new Date(clock()));
    const issued = isIssuedToken(vault, 'invitation', invitationToken);
    const invitation = await gate.lookups.readByToken(client, invitationToken, issued, read);
    if (invitation?.email !== email) throw new Refusal('INVITATION_INVALID');
    return;
  }
  if (config.signUp !== 'first') return;
  const read = async () => ((await isSetupToken(stores, setupToken)) ? { setupToken } : null);
  const known = isIssuedToken(vault, 'setup', setupToken) || isConfigured(config.setupToken, setupToken);
  const found = await gate.lookups.readByToken(client, setupToken, known, read);
  if (!found) throw new Refusal('ACCESS_DENIED');
}

/** Whether a token equals KEYSEAL_SETUP_TOKEN. */
function isConfigured(configured: string | null, token: string): boolean {
  const [mine, theirs] = [configured ?? '', token].map((text) => hash('sha256', text, 'buffer')) as [
    Buffer,
    Buffer,
  ];
  return configured !== null && timingSafeEqual(mine, theirs);
}

async function makeAccount(
  { stores, config }: Service,
  tx: Db,
  { email, name = email.slice(0, email.indexOf('@')).slice(0, 100), setupToken = '', ...input }: SignUpInput,
  { passwordHash, createdAt }: { readonly passwordHash: string; readonly createdAt: Date },
): Promise<Account> {
  const made = { email, name, passwordHash, createdAt };
  if (input.invitationToken === undefined) {
    if (config.signUp === 'first') await spendSetupToken(tx, stores.vault, setupToken, createdAt);
    return insertAccount(tx, made);
  }
  const user = await insertUser(tx, made);
  const { workspaceId } = await acceptInvitation(tx, stores, input.invitationToken, user);
  return { user, workspaceId };
}
