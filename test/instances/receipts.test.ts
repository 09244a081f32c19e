import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, signUp } from '../harness/people.ts';
import { askReceipt, isChain, receiptIn } from '../harness/receipts.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { asking } from '../harness/signed-response.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

requires('postgres').describe('the receipts of two instances on one Postgres', () => {
  let url: string;
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    url = await freshPostgres();
    one = await startTestService({ env: { DATABASE_URL: url } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  const keyOfNewWorkspace = async () => createKey(one, await signUp(one), { permissions: ['exemple:read'] });
  const call = async (at: TestService, who: Credentials) =>
    send(at.port, asking(sign(who, '/api/exemple', { authority: at.authority }), askReceipt()));

  it('form one chain without a gap or a fork if both begin it at once', async () => {
    const keys = [await keyOfNewWorkspace(), await keyOfNewWorkspace()] as const;
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        call(n % 2 ? one : other, keys[n % 3 ? 0 : 1]).then((answer) => receiptIn(answer)),
      ),
    );
    for (const rest of [0, 1]) {
      const receipts = answers.filter((_, n) => (n % 3 ? 0 : 1) === rest);
      expect([receipts.length, isChain(receipts)]).toEqual([rest ? 40 : 80, true]);
    }
  });

  it('wait for a chain that is locked, and delay no other workspace', async () => {
    const [blocked, free] = [await keyOfNewWorkspace(), await keyOfNewWorkspace()];
    const { workspace } = receiptIn(await call(one, blocked));
    const holder = postgres(url, { max: 1 });
    const locked = await holder.reserve();
    await locked`begin`;
    await locked`select 1 from receipt_chains where workspace_id = ${workspace} for update`;
    let answered = false;
    const waiting = call(one, blocked).then((answer) => {
      answered = true;
      return answer;
    });
    const others = await Promise.all(Array.from({ length: 10 }, () => call(one, free)));
    expect([others.map(({ status }) => status), answered]).toEqual([Array(10).fill(200), false]);
    await locked`rollback`;
    locked.release();
    await holder.end();
    expect(receiptIn(await waiting).sequence).toBe(2);
  });
});
