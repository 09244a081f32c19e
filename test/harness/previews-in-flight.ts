import { expect, it } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import { signal } from './blocked-transactions.ts';
import { callPublic, mutate, type Person, query, signUp } from './people.ts';
import type { Places } from './revocation-cases.ts';
import type { TestService } from './service.ts';
import { invite, newAddress, newMember } from './teams.ts';

interface Invitation {
  readonly owner: Person;
  /** Who made it. */
  readonly admin: Person;
  readonly email: string;
  readonly token: string;
}

/** What ends an invitation. */
const ENDS: readonly [string, (at: TestService, invitation: Invitation) => Promise<unknown>][] = [
  [
    'is withdrawn',
    async (at, { owner }) => {
      const [{ id }] = (await query(at, owner, 'invitations.list')).json.result.data.items;
      return mutate(at, owner, 'invitations.revoke', { id });
    },
  ],
  ['is replaced', (at, { owner, email }) => invite(at, owner, email)],
  [
    'is used',
    async (at, { email, token }) => {
      const input = { email, password: 'correct horse battery', invitationToken: token };
      return callPublic(at, 'auth.signUp', input);
    },
  ],
  [
    'has an author who was removed',
    (at, { owner, admin: { userId } }) => mutate(at, owner, 'members.remove', { userId }),
  ],
  [
    'has an author who may not invite',
    (at, { owner, admin: { userId } }) => mutate(at, owner, 'members.setRole', { userId, role: 'viewer' }),
  ],
  [
    'has an author who is disabled',
    (at, { admin }) => setUserDisabled(at.running.service.stores, admin.userId, true),
  ],
  [
    'loses its workspace',
    async (at, { owner }) => {
      const { name } = (await query(at, owner, 'workspaces.get')).json.result.data;
      return mutate(at, owner, 'workspaces.delete', { name });
    },
  ],
];

/** Holds the next lookup of a link before it reads. */
function blockLinkLookup({ running }: TestService) {
  const { lookups } = running.service.gate;
  const read = lookups.readByToken;
  const [arrived, released] = [signal(), signal()];
  const blocked: typeof read = async (...args) => {
    Object.assign(lookups, { readByToken: read });
    arrived.give();
    await released.given;
    return read.apply(lookups, args) as never;
  };
  Object.assign(lookups, { readByToken: blocked });
  return { arrived: arrived.given, release: released.give };
}

/** Guarantee 11: an invitation that ended before the answer shows nothing. */
export function testPreviewsInFlight(places: () => Places): void {
  it.each(ENDS)('S8: a preview shows nothing if its invitation %s in the meantime', async (_, end) => {
    const { here, there } = places();
    const owner = await signUp(here);
    const admin = await newMember(here, owner, 'admin');
    const email = newAddress();
    const token = await invite(here, admin, email);
    const preview = () => callPublic(there, 'invitations.preview', { token });
    expect((await preview()).json.result?.data).toMatchObject({ email });
    const blocked = blockLinkLookup(there);
    const shown = preview();
    await blocked.arrived;
    await end(here, { owner, admin, email, token });
    blocked.release();
    expect((await shown).reason).toBe('INVITATION_INVALID');
    expect((await preview()).reason).toBe('INVITATION_INVALID');
  });
}
