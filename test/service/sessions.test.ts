import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { mutate, type Person, personOf, publicDraft, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { signInAgain } from '../harness/teams.ts';
import { send, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  ada = await signUp(service);
});

const listed = async (who: Person) => (await query(service, who, 'sessions.list')).json.result.data.items;
const revoke = (who: Person, input: unknown) => mutate(service, who, 'sessions.revoke', input);
const reasonsOf = (people: Person[]) =>
  Promise.all(people.map(async (who) => (await query(service, who, 'whoami')).reason));

describe('sessions.list', () => {
  it('shows address and user agent of each, newest first', async () => {
    const { email, password } = ada;
    const draft = publicDraft(service, 'auth.signIn', { email, password });
    const agent = `Browser/${'1'.repeat(300)}`;
    const other = personOf(await send(service.port, withHeader(draft, 'user-agent', agent)), email, password);
    const items = await listed(other);
    expect(items).toEqual([
      {
        ...{ id: other.id, current: true, address: '127.0.0.1', userAgent: agent.slice(0, 200) },
        createdAt: expect.stringMatching(/Z$/),
        refreshedAt: expect.stringMatching(/Z$/),
        signature: { algorithm: 'hmac-sha256', thumbprint: null },
      },
      expect.objectContaining({ id: ada.id, current: false, userAgent: null }),
    ]);
  });

  it('omits ended sessions', async () => {
    const [idle, old] = [await signInAgain(service, ada), await signInAgain(service, ada)];
    const { db } = service.running.service.stores.database;
    const ago = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);
    await db
      .update(sessions)
      .set({ refreshedAt: ago(31) })
      .where(eq(sessions.id, idle.id));
    await db
      .update(sessions)
      .set({ expiresAt: ago(1) })
      .where(eq(sessions.id, old.id));
    expect((await listed(ada)).map(({ id }: { id: string }) => id)).toEqual([ada.id]);
  });
});

describe('sessions.revoke', () => {
  it('ends one session', async () => {
    const [one, two] = [await signInAgain(service, ada), await signInAgain(service, ada)];
    expect((await revoke(ada, { id: one.id })).json.result.data).toEqual({ ended: 1 });
    expect(await reasonsOf([ada, one, two])).toEqual([undefined, 'SESSION_ENDED', undefined]);
    expect((await revoke(ada, { id: one.id })).reason).toBe('SESSION_NOT_FOUND');
  });

  it('ends the other sessions', async () => {
    const [one, two] = [await signInAgain(service, ada), await signInAgain(service, ada)];
    expect((await revoke(two, { others: true })).json.result.data).toEqual({ ended: 2 });
    expect(await reasonsOf([ada, one, two])).toEqual(['SESSION_ENDED', 'SESSION_ENDED', undefined]);
  });

  it('ends all sessions of the caller, the current one too, and no other person’s', async () => {
    const [one, eve] = [await signInAgain(service, ada), await signUp(service)];
    expect((await revoke(ada, { all: true })).json.result.data).toEqual({ ended: 2 });
    expect(await reasonsOf([ada, one, eve])).toEqual(['SESSION_ENDED', 'SESSION_ENDED', undefined]);
  });

  it.each([{}, { others: false }, { others: true, all: true }, { id: 'x', all: true }, { id: '' }])(
    'refuses %j with INPUT_INVALID',
    async (input) => {
      expect((await revoke(ada, input)).reason).toBe('INPUT_INVALID');
    },
  );
});
