import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passwordQueue } from '../../server/auth/password-work.ts';
import { base62 } from '../../server/stores/secrets/random.ts';
import { flood } from '../harness/flood.ts';
import { callPublic, type Person, publicDraft, signUp, tell } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';

const FLOOD = 300;
/** Look-ups of an address, and of all strangers together: at once, and in a second. */
const OF_ADDRESS = [100, 20] as const;
const OF_ALL = [50, 100] as const;
/** So many look-ups of the honest, and of the service itself, are among those that are counted. */
const HONEST = 20;

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
  ada = await signUp(service);
});
afterAll(() => service.stop());

const newPassword = 'a new and long passphrase';
const madeUp = (prefix: string) => `${prefix}_${base62(43)}`;
/** Calls of strangers with a link that nobody made. */
const KINDS = {
  'auth.reset': () => publicDraft(service, 'auth.reset', { token: madeUp('ksx'), newPassword }),
  'auth.signUp': () =>
    publicDraft(service, 'auth.signUp', {
      ...{ email: `${base62(12)}@example.com`, password: newPassword },
      invitationToken: madeUp('ksi'),
    }),
} as const;

/** The most calls that waited for a hash of a password, or had one made, while something ran. */
async function mostHashing<T>(run: (look: () => void) => Promise<T>): Promise<[T, number]> {
  let most = 0;
  const done = await run(() => {
    most = Math.max(most, passwordQueue().held);
  });
  return [done, most];
}

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('S3: %s with links that nobody made', (name) => {
  const refusals = { 'auth.reset': 'RESET_INVALID', 'auth.signUp': 'INVITATION_INVALID' };

  it.each<[string, (n: number) => string, readonly [number, number]]>([
    ['one address', () => '198.51.100.7', OF_ADDRESS],
    ['many networks', (n) => `2001:db8:${(n + 16).toString(16)}::1`, OF_ALL],
  ])('from %s cost the look-ups of strangers and no turn of a password', async (_, addressOf, pace) => {
    const [{ reasons, queries, allowed }, hashing] = await mostHashing((look) =>
      flood(
        service,
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
});

it('S3: a right link from elsewhere is good beside a flood of links that nobody made', async () => {
  const { userId } = await newMember(service, ada, 'developer');
  const { token } = (await tell(service, ada, 'auth.createReset', { userId })).json.result.data;
  const flooding = flood(service, FLOOD, KINDS['auth.reset']);
  expect((await callPublic(service, 'auth.reset', { token, newPassword })).status).toBe(200);
  const { reasons } = await flooding;
  expect(reasons['TOO_MANY_FAILURES']).toBeGreaterThan(0);
});
