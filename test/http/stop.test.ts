import { expect, it } from 'vitest';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { query } from '../harness/people.ts';
import { startTestService } from '../harness/service.ts';

/** Milliseconds for the calls that the service accepted before it stops. */
const LIMIT = 10_000;

it('D7: a stop cuts off a procedure that does not end, after ten seconds, and answers the others', async () => {
  let release = () => {};
  const begun: string[] = [];
  const held = new Promise<string>((resolve) => {
    release = () => resolve('done');
  });
  const access = { access: 'any', permission: 'exemple:read' } as const;
  const never = procedure(access).query(() => {
    begun.push('never');
    return new Promise<string>(() => {});
  });
  const slow = procedure(access).query(() => {
    begun.push('slow');
    return held;
  });
  const service = await startTestService({ api: buildRegistry(router({ ...routes, never, slow })) });
  const cut = query(service, service.demo, 'never').then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  );
  const answered = query(service, service.demo, 'slow');
  await expect.poll(() => begun.length).toBe(2);
  const startedAt = performance.now();
  const stopped = service.stop();
  release();
  expect((await answered).status).toBe(200);
  expect(await cut).toBe('ECONNRESET');
  expect(performance.now() - startedAt).toBeGreaterThan(LIMIT - 100);
  await stopped;
  await expect(query(service, service.demo, 'exemple')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
