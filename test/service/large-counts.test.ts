import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

/** Rows as no call of Keyseal writes them, at the ends of their columns. */
const ROWS: readonly [string, (subject: string) => SQL][] = [
  ...['9007199254740991', '9007199254740993', '9223372036854775807'].flatMap(
    (n): [string, (s: string) => SQL][] => [
      [
        `credits of ${n}`,
        (subject) => sql`update credits set remaining = ${n}::bigint where subject = ${subject}`,
      ],
      [
        `a refill of ${n}`,
        (subject) => sql`update credits set refill_amount = ${n}::bigint, refill_every = 'day',
        refilled_for = '2020-01-01' where subject = ${subject}`,
      ],
      [
        `a window that begins at ${n}`,
        (subject) => sql`update rate_windows set first = ${n}::bigint where starts_with(id, ${subject})`,
      ],
      [
        `a window that begins at -${n}`,
        (subject) => sql`update rate_windows set first = -${sql.raw(n)} where starts_with(id, ${subject})`,
      ],
    ],
  ),
  [
    'a window with the most hits',
    (subject) =>
      sql`update rate_windows set hits = '{2147483647,2147483647}' where starts_with(id, ${subject})`,
  ],
  [
    'a window with fewer than no hits',
    (subject) => sql`update rate_windows set hits = '{-2147483648}' where starts_with(id, ${subject})`,
  ],
  [
    'a window with a hit that is null',
    (subject) => sql`update rate_windows set hits = '{NULL}' where starts_with(id, ${subject})`,
  ],
];

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const METERED = {
  limits: [{ name: 'calls', limit: 1_000, windowSeconds: 60 }],
  credits: { remaining: 1_000 },
};

it.each(ROWS)('%s are no failure, and none of another workspace', async (_, write) => {
  const [ada, eve] = [await signUp(service), await signUp(service)];
  const [key, other] = [await createKey(service, ada, METERED), await createKey(service, eve, METERED)];
  for (const who of [key, other]) expect((await query(service, who, 'exemple')).status).toBe(200);
  await service.running.service.stores.database.query(write(key.id));
  const calls = Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? key : other));
  const answers = await Promise.all(calls.map((who) => query(service, who, 'exemple')));
  const reasons = (who: object) => [
    ...new Set(answers.filter((_, n) => calls[n] === who).map(({ reason = 'OK' }) => reason)),
  ];
  expect(reasons(other)).toEqual(['OK']);
  expect(['OK', 'RATE_LIMITED', 'CREDITS_EXHAUSTED']).toEqual(expect.arrayContaining(reasons(key)));
});
