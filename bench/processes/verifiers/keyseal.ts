import { randomBytes } from 'node:crypto';
import { callTRPCProcedure } from '@trpc/server';
import { startService } from '../../../server/app/service.ts';
import { seconds } from '../../../server/lib/clock.ts';
import type { Context } from '../../../server/rpc/trpc.ts';
import type { Claim } from '../../../server/stores/replay/replay.ts';
import type { VerifyInput, VerifyOutput } from '../../../server/verify/schemas.ts';
import { type BenchKey, benchKey, VERIFYING_KEY } from '../../fixtures/keyring.ts';
import { settingOn } from '../../fixtures/setting.ts';
import { offerRounds, type Prepare } from '../../load/rounds.ts';
import { verifyInput } from './request.ts';
import { admitVerifyingKey } from './verifying-key.ts';

/** A whole service, called through its router: as after a request has been read and its caller admitted. */
const { service } = await startService(settingOn(String(process.env['BENCH_DATABASE_URL'])), {
  show: () => {},
});
const { credentials } = service.stores;
const caller = await admitVerifyingKey(service);
const { signal } = new AbortController();

/** The keys that warm and cold calls use in turn. */
const callers = Array.from({ length: Number(process.env['BENCH_CALLERS']) }, (_, i) =>
  benchKey(VERIFYING_KEY + 1 + i),
);
const callerOf = (i: number) => callers[i % callers.length] as BenchKey;
/** The next of the keys that are used once each. */
let next = VERIFYING_KEY + 1;

offerRounds({ warm, cold, once, claim });

async function warm(calls: number): ReturnType<Prepare> {
  await Promise.all(callers.map(({ id }) => credentials.key(id)));
  const inputs = signed(calls);
  return (i) => isValid(inputs[i] as VerifyInput);
}

/** Nothing of the key is cached when its call comes. */
async function cold(calls: number): ReturnType<Prepare> {
  const inputs = signed(calls);
  const records = await Promise.all(callers.map(({ id }) => credentials.key(id)));
  return (i) => {
    credentials.invalidate(records[i % records.length] ?? null, null);
    return isValid(inputs[i] as VerifyInput);
  };
}

/** Each call uses a key for the first time. It is signed within the round, so that nothing of it is stored before. */
async function once(): ReturnType<Prepare> {
  return () => isValid(verifyInput(benchKey(next++)));
}

/** Only the nonce, claimed with its key's revisions as the gate claims it. */
async function claim(calls: number): ReturnType<Prepare> {
  const { replay, clock } = service.stores;
  const keys = await Promise.all(callers.map(({ id }) => credentials.key(id)));
  const claims = Array.from({ length: calls }, (_, i) => {
    const key = keys[i % keys.length] ?? null;
    const nonce = randomBytes(16).toString('base64url');
    return { k: callerOf(i).id, t: seconds(clock), nonce, revisions: { key, session: null } };
  });
  return async (i) => (await replay.claim(claims[i] as Claim)) === 'won';
}

function signed(calls: number): VerifyInput[] {
  return Array.from({ length: calls }, (_, i) => verifyInput(callerOf(i)));
}

async function isValid(input: VerifyInput): Promise<boolean> {
  const at = { id: 'benchmark', startedAt: performance.now(), address: '127.0.0.1' };
  const request = {
    ...at,
    origin: null,
    cookie: null,
    userAgent: null,
    unknownParameters: [],
    checkInputs: null,
    batchResults: null,
  };
  const ctx: Context = {
    caller,
    request,
    cookies: [],
    limits: [],
    stream: { startId: null, revalidate: null },
    service,
  };
  const getRawInput = async () => input;
  const type = 'mutation' as const;
  const call = { router: service.api.router, path: 'verify', getRawInput, ctx, type, signal, batchIndex: 0 };
  const answer = (await callTRPCProcedure(call)) as VerifyOutput;
  return 'valid' in answer && answer.valid;
}
