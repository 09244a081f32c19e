import { describe, expect, it } from 'vitest';
import { passwordResets } from '../../drizzle/schema/accounts.ts';
import { passwordQueue } from '../../server/auth/password-queue.ts';
import { hashesOf } from '../../server/stores/secrets/link-tokens.ts';
import { base62 } from '../../server/stores/secrets/random-ids.ts';
import { fillLookups } from '../harness/fill-lookups.ts';
import { flood, from } from '../harness/flood.ts';
import { callPublic, mutate, publicDraft } from '../harness/people.ts';
import { setUp } from '../harness/setup.ts';
import { newMember } from '../harness/teams.ts';
import { send } from '../harness/wire.ts';

const FLOOD = 300;
/** Lookups of unauthenticated callers that wait. */
const WAITING = 200;
/** Lookups of an address, and of all unauthenticated callers together: at once, and in a second. */
const OF_ADDRESS = [100, 20] as const;
const OF_ALL = [50, 100] as const;
/** So many lookups of the honest, and of the service itself, are among those that are counted. */
const HONEST = 20;

const at = setUp({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });

const newPassword = 'a new and long passphrase';
const madeUp = (prefix: string) => `${prefix}_${base62(43)}`;
/** Anonymous calls with a link that was never issued. */
const KINDS = {
  'auth.reset': () => publicDraft(at.service, 'auth.reset', { token: madeUp('ksx'), newPassword }),
  'auth.signUp': () =>
    publicDraft(at.service, 'auth.signUp', {
      ...{ email: `${base62(12)}@example.com`, password: newPassword },
      invitationToken: madeUp('ksi'),
    }),
  'invitations.preview': () => publicDraft(at.service, 'invitations.preview', { token: madeUp('ksi') }),
} as const;

/** The most calls that waited for a hash of a password, or had one made, while something ran. */
async function mostHashing<T>(run: (look: () => void) => Promise<T>): Promise<[T, number]> {
  let most = 0;
  const done = await run(() => {
    most = Math.max(most, passwordQueue().used);
  });
  return [done, most];
}

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  'S3: %s with links that were never issued',
  (name) => {
    const refusals = {
      ...{ 'auth.reset': 'RESET_INVALID', 'auth.signUp': 'INVITATION_INVALID' },
      'invitations.preview': 'INVITATION_INVALID',
    };

    it.each<[string, (n: number) => string, readonly [number, number]]>([
      ['one address', () => '198.51.100.7', OF_ADDRESS],
      ['many networks', (n) => `2001:db8:${(n + 16).toString(16)}::1`, OF_ALL],
    ])('from %s cost look-ups of anonymous callers and no password hash', async (_, addressOf, pace) => {
      const [{ reasons, queries, allowed }, hashing] = await mostHashing((look) =>
        flood(
          at.service,
          FLOOD,
          () => {
            look();
            return KINDS[name]();
          },
          addressOf,
        ),
      );
      const { [refusals[name]]: refused = 0, TOO_MANY_FAILURES = 0, RATE_LIMITED = 0, ...others } = reasons;
      expect(others).toEqual({});
      expect(refused + TOO_MANY_FAILURES + RATE_LIMITED).toBe(FLOOD);
      expect(queries).toBeLessThanOrEqual(allowed(...pace) + HONEST);
      expect(hashing).toBe(0);
    });
  },
);

it('S3: an issued link from another address works during a flood of invented links', async () => {
  const { userId } = await newMember(at.service, at.ada, 'developer');
  const { token } = (await mutate(at.service, at.ada, 'auth.createReset', { userId })).json.result.data;
  const flooding = flood(at.service, FLOOD, KINDS['auth.reset']);
  expect((await callPublic(at.service, 'auth.reset', { token, newPassword })).status).toBe(200);
  const { reasons } = await flooding;
  expect(reasons['TOO_MANY_FAILURES']).toBeGreaterThan(0);
});

/** What is kept of a token that was made before tokens had a MAC. */
async function olderLink(userId: string): Promise<string> {
  const { database, vault } = at.service.running.service.stores;
  const token = madeUp('ksx');
  const [tokenHash = ''] = hashesOf(vault, 'reset', token);
  const expiresAt = new Date(Date.now() + 60_000);
  await database.db
    .insert(passwordResets)
    .values({ tokenHash, tokenVersion: vault.newest, userId, expiresAt, createdAt: new Date() });
  return token;
}

it('S3: a link from before tokens had a MAC works once', async () => {
  const { userId } = await newMember(at.service, at.ada, 'developer');
  const token = await olderLink(userId);
  expect((await callPublic(at.service, 'auth.reset', { token, newPassword })).status).toBe(200);
  expect((await callPublic(at.service, 'auth.reset', { token, newPassword })).reason).toBe('RESET_INVALID');
});

it('S3: anonymous callers from more networks than may wait for a lookup do not keep the owner of a link out', async () => {
  const links: string[] = [];
  for (let n = 0; n < 4; n++) {
    const { userId } = await newMember(at.service, at.ada, 'developer');
    links.push((await mutate(at.service, at.ada, 'auth.createReset', { userId })).json.result.data.token);
  }
  const email = `${base62(12)}@example.com`;
  const invited = await mutate(at.service, at.ada, 'invitations.create', { email, role: 'viewer' });
  const invitationToken = invited.json.result.data.token;
  const letGo = fillLookups(at.service, WAITING + 50);
  const elsewhere = (name: string, input: object, n: number) =>
    send(at.service.port, from(publicDraft(at.service, name, input), `198.51.${n}.9`));
  const honest = [
    ...links.map((token, n) => elsewhere('auth.reset', { token, newPassword }, n)),
    elsewhere('auth.signUp', { email, password: newPassword, invitationToken }, 9),
  ];
  expect((await Promise.all(honest)).map(({ status }) => status)).toEqual(Array(5).fill(200));
  // A caller whose link is spent is anonymous from then on.
  const again = elsewhere('auth.reset', { token: links[0], newPassword }, 10);
  expect(await letGo()).toBeGreaterThanOrEqual(48);
  expect(['RESET_INVALID', 'TOO_MANY_FAILURES']).toContain((await again).reason);
});

it('S10: guesses of invitations take no place of a person who is invited, at the same address', async () => {
  const email = `${base62(12)}@example.com`;
  const invited = await mutate(at.service, at.ada, 'invitations.create', { email, role: 'viewer' });
  const { token: invitationToken } = invited.json.result.data;
  await flood(at.service, FLOOD, KINDS['auth.signUp'], () => '192.0.2.77');
  const right = publicDraft(at.service, 'auth.signUp', { email, password: newPassword, invitationToken });
  expect((await send(at.service.port, from(right, '192.0.2.77'))).reason).toBeUndefined();
});
