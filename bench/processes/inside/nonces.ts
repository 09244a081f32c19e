import { randomBytes } from 'node:crypto';
import { startService } from '../../../server/app/service.ts';
import { seconds } from '../../../server/lib/clock.ts';
import { formatSignature, parseSignature, SIGNATURE_MAX_AGE } from '../../../shared/signature.ts';
import { localSetting } from '../../fixtures/setting.ts';
import { newHolder } from '../../load/signed-call.ts';
import { answerBenchmark } from '../child.ts';
import { memoryNow } from '../servers/child.ts';

/** A service whose memory of nonces is filled as calls spread evenly over the retention time would fill it. */
const { port, service } = await startService(localSetting(String(process.env['BENCH_FOLDER'])), {
  show: () => {},
});
const { replay, credentials, clock } = service.stores;
const holder = await newHolder(port);
const key = await credentials.key(holder.id);
const mac = '0'.repeat(64);

answerBenchmark<{ count: number }>({}, async ({ count }) => {
  const oldest = seconds(clock) - SIGNATURE_MAX_AGE + 1;
  for (let i = 0; i < count; i++) {
    const t = oldest + Math.floor((i / count) * (SIGNATURE_MAX_AGE - 1));
    const nonce = randomBytes(16).toString('base64url');
    // Parsed from a header, as in a real call.
    const signature = parseSignature(formatSignature({ k: holder.id, t, nonce, mac }));
    const outcome = signature && (await replay.claim({ ...signature, revisions: { key, session: null } }));
    if (outcome !== 'won') throw new Error(`a claim was answered ${outcome}`);
  }
  return memoryNow(replay.outstanding.used);
});
