import { expect, it } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService } from '../harness/service.ts';

requires('postgres').describe('two instances', () => {
  it('both write the request log, and each shows the calls of both', async () => {
    const one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    const two = await sibling(one);
    const ada = await signUp(one);
    const key = await createKey(one, ada);
    for (const on of [one, two, two]) await query(on, key, 'exemple');
    for (const on of [one, two]) {
      const listed = async () =>
        (await query(on, ada, 'requests.list', { keyId: key.id })).json.result.data.items.length;
      await expect.poll(listed, { timeout: 10_000 }).toBe(3);
    }
    await two.stop();
    await one.stop();
  });
});
