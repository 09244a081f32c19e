import { expect } from 'vitest';
import { freshPostgres } from '../harness/fresh.ts';
import { insertKeys } from '../harness/many-keys.ts';
import { mutate, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

/** More keys than one workspace may have read again in a second by callers whom a cached row refuses. */
const KEYS = 160;
const AT_ONCE = 20;

const { test } = requires('postgres');

test('S3: a workspace that rotates all of its keys on one instance is admitted by the other', async () => {
  const one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
  const other = await sibling(one);
  try {
    const ada = await signUp(one);
    const names = Array.from({ length: KEYS }, (_, n) => ({ name: `key ${n}` }));
    const keys = await insertKeys(one, ada.email, names);
    await inParts(keys, (key) => query(other, key, 'exemple'));
    const rotated = await inParts(keys, async ({ id }): Promise<Credentials> => {
      const { json } = await mutate(one, ada, 'keys.rotate', { id, graceSeconds: 0 });
      const { secret, signingSecret } = json.result.data;
      return { id, apiKey: secret, signingSecret };
    });
    const answers = await Promise.all(rotated.map((key) => query(other, key, 'exemple')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(KEYS);
    // The previous secrets end at once, on both.
    const old = await inParts(keys, (key) => query(other, key, 'exemple'));
    expect(new Set(old.map(({ reason }) => reason))).toEqual(new Set(['KEY_INVALID']));
  } finally {
    await other.stop();
    await one.stop();
  }
}, 120_000);

async function inParts<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let n = 0; n < items.length; n += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(n, n + AT_ONCE).map(run))));
  }
  return results;
}
