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

  it.each(['for update', 'a write'])(
    'wait for a chain that is locked by %s, and delay no other workspace',
    async (how) => {
      const [blocked, free] = [await keyOfNewWorkspace(), await keyOfNewWorkspace()];
      const { workspace } = receiptIn(await call(one, blocked));
      await call(one, free);
      const holder = postgres(url, { max: 1 });
      const locked = await holder.reserve();
      await locked`begin`;
      if (how === 'a write')
        await locked`update receipt_chains set time = time where workspace_id = ${workspace}`;
      else await locked`select 1 from receipt_chains where workspace_id = ${workspace} for update`;
      let answered = false;
      const waiting = call(one, blocked).then((answer) => {
        answered = true;
        return answer;
      });
      // Long enough for calls of the locked chain to be submitted again.
      for (let n = 0; n < 100; n++) expect((await call(one, free)).status).toBe(200);
      expect(answered).toBe(false);
      await locked`rollback`;
      locked.release();
      await holder.end();
      expect(receiptIn(await waiting).sequence).toBe(2);
    },
  );

  it('begin chains while another session has an uncommitted new one, and delay no existing chain', async () => {
    const [blocked, free] = [await keyOfNewWorkspace(), await keyOfNewWorkspace()];
    const { workspace } = receiptIn(await call(one, blocked));
    await call(one, free);
    const holder = postgres(url, { max: 1 });
    await holder`delete from receipt_chains where workspace_id = ${workspace}`;
    const locked = await holder.reserve();
    await locked`begin`;
    await locked`insert into receipt_chains (workspace_id, sequence, head, time) values (${workspace}, 7, ${'0'.repeat(64)}, 0)`;
    let answered = false;
    const waiting = call(one, blocked).then((answer) => {
      answered = true;
      return answer;
    });
    for (let n = 0; n < 100; n++) expect((await call(one, free)).status).toBe(200);
    expect(answered).toBe(false);
    await locked`commit`;
    locked.release();
    await holder.end();
    expect(receiptIn(await waiting).sequence).toBe(8);
  });
});
