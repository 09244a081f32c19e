import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { z } from 'zod';
import { report } from './child.ts';

/** tRPC's own standalone adapter with an `echo` without a guard. */
const t = initTRPC.create();
const router = t.router({
  echo: t.procedure
    .input(z.strictObject({ text: z.string().max(100_000) }))
    .output(z.object({ text: z.string() }))
    .mutation(({ input }) => ({ text: input.text })),
});
const server = createHTTPServer({ router, basePath: '/api/' });
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
