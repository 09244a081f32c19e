import { z } from 'zod';
import { startService } from '../../../server/app/service.ts';
import { buildRegistry } from '../../../server/rpc/procedure-registry.ts';
import { databaseFreeProcedure, router } from '../../../server/rpc/trpc.ts';
import { localSetting } from '../../fixtures/setting.ts';
import { report } from './child.ts';

/** Keyseal's own HTTP server with an `echo` without a guard. It responds as if the caller were known. */
const caller = JSON.parse(String(process.env['BENCH_CALLER']));

const api = buildRegistry(
  router({
    echo: databaseFreeProcedure({ access: 'public' })
      .input(z.strictObject({ text: z.string().max(100_000) }))
      .output(
        z.object({
          text: z.string(),
          caller: z.object({ keyId: z.string(), userId: z.string().nullable() }),
        }),
      )
      .mutation(({ input }) => ({ text: input.text, caller })),
  }),
);
const config = localSetting(String(process.env['BENCH_FOLDER']), process.env['BENCH_ORIGIN']);
const { port } = await startService(config, { show: () => {}, api });
report({ port });
