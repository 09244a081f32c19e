import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../harness/embedded-postgres.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, sign } from '../harness/wire.ts';

/** By when the service is back after its database is. */
const BACK_MS = 15_000;

/** How the service reaches the database. A server that stops removes its socket. */
const WAYS: Readonly<Record<string, (url: string, folder: string) => string>> = {
  'by its port': (url) => url,
  'by its Unix socket': (url, folder) => {
    const { port } = new URL(url);
    return url.replace(`127.0.0.1:${port}`, `${encodeURIComponent(join(folder, 'data'))}:${port}`);
  },
};

for (const [way, urlOf] of Object.entries(WAYS))
  requires('postgres').describe(`D2: a database, reached ${way}, that is stopped under load`, () => {
    let folder: Awaited<ReturnType<typeof runFolder>>;
    let postgres: Awaited<ReturnType<typeof startPostgres>>;
    let service: TestService;
    let ada: Person;
    let asking: Credentials;
    /** Keys that need nothing but a nonce, a limit, credits. */
    let keys: Credentials[];

    beforeAll(async () => {
      folder = await runFolder('stopped');
      postgres = await startPostgres(folder.folder, true);
      service = await startTestService({ env: { DATABASE_URL: urlOf(postgres.url, folder.folder) } });
      ada = await signUp(service);
      asking = await verifyingKey(service, ada);
      const limits = [{ name: 'minute', limit: 1_000_000, windowSeconds: 60 }];
      keys = [
        await createKey(service, ada),
        await createKey(service, ada, { limits }),
        await createKey(service, ada, { credits: { remaining: 1_000_000 } }),
      ];
    }, 60_000);
    afterAll(async () => {
      await service.stop();
      await postgres.server.stop();
      await folder.remove();
    });

    const verify = (key: Credentials) =>
      verdictOn(service, asking, sign(key, '/orders', { authority: ORDERS }));

    it('is answered with 503 only, and the service recovers by itself', async () => {
      const outcomes = new Set<string>();
      let loading = true;
      const note = ({ status, reason }: { status: number; reason: string | undefined }) =>
        outcomes.add(status === 200 ? '200' : `${status} ${reason}`);
      const load = Promise.all(
        keys.flatMap((key) => [
          (async () => {
            while (loading) note(await query(service, key, 'exemple'));
          })(),
          (async () => {
            while (loading) {
              const answer = await verify(key);
              note(answer);
              // Whatever was answered with 200 is a verdict, and none of an outage.
              if (answer.status === 200) expect(answer.verdict).toMatchObject({ valid: true });
            }
          })(),
        ]),
      );
      await expect.poll(() => [...outcomes]).toEqual(['200']);
      await postgres.server.stop();
      await expect.poll(() => [...outcomes], { timeout: 20_000 }).toContain('503 UNAVAILABLE');
      // Some time without it, in which every call fails with 503.
      outcomes.clear();
      await expect.poll(() => [...outcomes], { timeout: 20_000 }).toContain('503 UNAVAILABLE');
      await postgres.server.start();
      const back = Date.now();
      const all = async () => {
        const answers = await Promise.all([
          ...keys.map((key) => query(service, key, 'exemple')),
          ...keys.map(verify),
        ]);
        return answers.map(({ status }) => status);
      };
      await expect.poll(all, { timeout: BACK_MS, interval: 200 }).toEqual(Array(6).fill(200));
      expect(Date.now() - back).toBeLessThan(BACK_MS);
      loading = false;
      await load;
      expect([...outcomes].filter((outcome) => outcome !== '200')).toEqual(['503 UNAVAILABLE']);
    }, 120_000);
  });
