import { createInterface } from 'node:readline';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import type { Claim } from '../../server/stores/replay/replay.ts';
import { createMemoryReplayStore } from '../../server/stores/replay/replay-memory.ts';
import { NO_LIMITS } from './replay-fixture.ts';

/** Makes the claims in the first line of its input, prints the outcomes, and waits to be killed. */
const time = Number(process.env['TIME']);
const { db } = await openDatabase({ databaseUrl: null, dataDir: process.env['DATA_DIR'] ?? '' });
const store = await createMemoryReplayStore({
  db,
  clock: () => time * 1000,
  limits: NO_LIMITS,
  isCurrent: () => true,
});
for await (const line of createInterface(process.stdin)) {
  for (const claim of JSON.parse(line) as Claim[]) console.log(await store.claim(claim));
}
