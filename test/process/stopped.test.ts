import { beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient, type KeysealSession } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import { freshPglite, freshPostgres } from '../harness/fresh.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const DATABASES = [
  ['PGlite', requires().describe, async () => ({ KEYSEAL_DATA_DIR: await freshPglite() })],
  [
    'Postgres',
    requires('postgres').describe,
    async () => ({ KEYSEAL_DATA_DIR: await freshPglite(), DATABASE_URL: await freshPostgres() }),
  ],
] as const;

for (const [name, block, database] of DATABASES) {
  block(`a service on ${name} that is stopped`, () => {
    let env: Record<string, string>;
    let service: ServiceProcess;
    let person: KeysealClient;
    let key: Credentials & { apiKey: string };

    const start = async () => {
      const started = await startProcess(env);
      await started.serving;
      return started;
    };
    const call = (port = service.port) => sign(key, '/api/exemple', { authority: `localhost:${port}` });

    beforeAll(async () => {
      env = { ...(await database()), NODE_ENV: 'development', KEYSEAL_DEMO: 'off' };
      service = await start();
      env = { ...env, PORT: String(service.port) };
      person = createKeysealClient({ url: service.url, session: await signUp() });
      key = await newKey(person, ['exemple:read']);
    });

    const signUp = async (): Promise<KeysealSession> => {
      const input = { email: 'someone@example.com', password: 'correct horse battery' };
      return (await createKeysealClient({ url: service.url }).auth.signUp.mutate(input)).session;
    };

    it.each(['SIGTERM', 'SIGINT'] as const)(
      'by %s under load finishes every call that it took',
      async (signal) => {
        let stopping = false;
        const outcomes: string[] = [];
        const caller = async () => {
          while (!stopping || outcomes.at(-1) === '200') {
            try {
              outcomes.push(String((await send(service.port, call())).status));
            } catch (error) {
              outcomes.push((error as NodeJS.ErrnoException).code ?? 'broken');
              if (stopping) return;
            }
          }
        };
        const callers = Promise.all(Array.from({ length: 8 }, caller));
        while (outcomes.length < 50) await new Promise((resolve) => setImmediate(resolve));
        stopping = true;
        service.child.kill(signal);
        await callers;
        expect(await service.exited).toEqual({ code: 0, signal: null });
        // Either answered, or never taken: a connection that the closed listener had not accepted.
        expect(
          new Set(outcomes.filter((outcome) => !/^(200|ECONNREFUSED|ECONNRESET)$/.test(outcome))),
        ).toEqual(new Set());
        expect(outcomes.filter((outcome) => outcome === 'ECONNRESET').length).toBeLessThanOrEqual(8);
        service = await start();
        expect((await send(service.port, call())).status).toBe(200);
      },
    );

    it('by SIGKILL while keys are created still has every key that it returned', async () => {
      const answered: string[] = [];
      const creator = async () => {
        for (;;) {
          const input = { name: 'in a storm', environment: 'live' as const, permissions: ['exemple:read'] };
          const made = await person.keys.create.mutate(input).catch(() => null);
          if (!made) return;
          answered.push(made.key.id);
        }
      };
      const creators = Promise.all(Array.from({ length: 4 }, creator));
      while (answered.length < 40) await new Promise((resolve) => setImmediate(resolve));
      service.child.kill('SIGKILL');
      await creators;
      await service.exited;
      service = await start();
      await ready(service);
      const kept = await Promise.all(answered.map((id) => person.keys.get.query({ id })));
      expect(kept.map(({ id }) => id)).toEqual(answered);
    });

    it('by SIGKILL accepts no replay, and is ready again within seconds', async () => {
      const captured = call();
      expect((await send(service.port, captured)).status).toBe(200);
      service.child.kill('SIGKILL');
      await service.exited;
      service = await start();
      expect((await send(service.port, captured)).reason).toMatch(/^SIGNATURE_(REPLAYED|EXPIRED)$/);
      const waited = await ready(service);
      expect(waited).toBeLessThan(7_000);
      expect((await send(service.port, captured)).reason).toMatch(/^SIGNATURE_(REPLAYED|EXPIRED)$/);
      expect((await send(service.port, call())).status).toBe(200);
    });
  });
}

/** Milliseconds until `/readyz` says yes. */
async function ready({ url }: ServiceProcess): Promise<number> {
  const begun = Date.now();
  while ((await fetch(`${url}/readyz`)).status !== 200) {
    if (Date.now() - begun > 20_000) throw new Error('it does not get ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Date.now() - begun;
}

describe('a service that starts', () => {
  it('answers /healthz at once, and /readyz and calls with 503 until it can serve', async () => {
    const service = await startProcess({ KEYSEAL_DATA_DIR: await freshPglite(), KEYSEAL_DEMO: 'off' });
    const seen = new Set<string>();
    let _listening = false;
    while (!seen.has('readyz 200')) {
      for (const path of ['healthz', 'readyz', 'api/health']) {
        const answer = await fetch(`${service.url}/${path}`).catch(() => null);
        _listening ||= answer !== null;
        if (answer) seen.add(`${path} ${answer.status}`);
      }
    }
    expect([...seen].filter((one) => !/^(healthz 200|(readyz|api\/health) (200|503))$/.test(one))).toEqual(
      [],
    );
    expect(seen).toContain('healthz 200');
    service.child.kill('SIGTERM');
    expect((await service.exited).code).toBe(0);
  });
});
