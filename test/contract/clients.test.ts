import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeysealClient } from '../../client/index.ts';
import { builtInApi } from '../../server/app/router.ts';
import { type CuttableProxy, cuttableProxy } from '../harness/cuttable-proxy.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { signInEntry } from '../harness/hostile-sign-in.ts';
import { installed, packClient, packClientOf } from '../harness/packed.ts';
import { without } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { CALLS, newWorld, type RightCall, type World } from './calls.ts';
import { newBreaks } from './changes.ts';
import { NO_HISTORY, previousVersion } from './history.ts';
import { type Contract, defsOf, type Recorded, recordedContract } from './recorded.ts';
import type { Schema } from './schema-changes.ts';

let issuer: HostileIssuer;
let service: TestService;
let world: World;
/** Another one that beats every second, behind a proxy that can cut its streams. */
let beating: TestService;
let proxy: CuttableProxy;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  service = await startTestService({
    env: { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { workload: true })]) },
  });
  world = await newWorld(service, issuer);
  proxy = await cuttableProxy();
  const env = { KEYSEAL_PUBLIC_ORIGINS: proxy.url, KEYSEAL_HEARTBEAT_SECONDS: '1' };
  beating = await startTestService({ env });
  proxy.aim(beating.port);
});
afterAll(async () => {
  proxy.close();
  await Promise.all([service.stop(), beating.stop()]);
  await issuer.stop();
});

/** What a client has for a procedure, whichever it is. */
interface Callable {
  query(input: unknown): Promise<unknown>;
  mutate(input: unknown): Promise<unknown>;
  subscribe(input: unknown, observer: ServerEvent): { unsubscribe(): void };
}

interface ServerEvent {
  onStarted(): void;
  onData(event: { readonly data: unknown }): void;
  onError(error: unknown): void;
}

const callableOf = (client: KeysealClient, name: string): Callable =>
  name.split('.').reduce((at, step) => (at as Record<string, unknown>)[step], client as unknown) as Callable;

const MAKE: Record<Recorded['type'], (procedure: Callable, call: RightCall) => Promise<unknown>> = {
  query: (procedure, { input }) => procedure.query(input),
  mutation: (procedure, { input }) => procedure.mutate(input),
  subscription: (procedure, { input, stir = async () => {} }) =>
    new Promise((resolve, reject) => {
      const subscription = procedure.subscribe(input, {
        onStarted: () => void stir().catch(reject),
        onData: ({ data }) => {
          subscription.unsubscribe();
          resolve(data);
        },
        onError: reject,
      });
    }),
};

/** Formats and the words of `also` are no keywords of this validator's; patterns are, and say as much. */
const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** What of a value is not as the contract has it. */
function faultsOf(schema: Schema, contract: Contract, value: unknown): string[] {
  const validate = ajv.compile({ ...schema, $defs: defsOf(contract) });
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const recorded = recordedContract();

/** Properties that procedures now require in some cases: a client that does not know them is refused there. */
const REQUIRED: Readonly<Record<string, string>> = {
  'secondFactor.newRecoveryCodes': 'code',
  'secondFactor.remove': 'code',
};

const knowsWhatIsRequired = (name: string, { procedures }: Contract): boolean =>
  REQUIRED[name] === undefined || JSON.stringify(procedures[name]?.input).includes(`"${REQUIRED[name]}"`);

/**
 * The client in a tarball makes every call that the contract of its time had, and that was not broken on purpose since,
 * against the server of today.
 */
function callsEverything(contract: Contract, pack: () => Promise<string>) {
  const broken = newBreaks(recorded, contract);
  const isPacked = (name: string) =>
    name in contract.procedures &&
    knowsWhatIsRequired(name, contract) &&
    !broken.some(({ what }) => /^signature,/.test(what) || what.startsWith(`${name}: `));
  let packed: Awaited<ReturnType<typeof installed>>;

  beforeAll(async () => {
    packed = await installed(await pack());
  });

  it.each(CALLS.filter(([name]) => isPacked(name)))('%s, %s', async (name, _, prepared) => {
    const { type, input, output } = contract.procedures[name] as Recorded;
    const call = await prepared(world);
    const procedure = callableOf(packed.createKeysealClient(call.as), name);

    const [wrong, reason] = call.refused ?? [{ 'no such field': 1 }, 'INPUT_INVALID'];
    const refusal = await MAKE[type](procedure, { ...call, input: wrong }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(packed.KeysealRefusal);
    expect(refusal).toMatchObject({ reason, details: { httpStatus: recorded.reasons[reason] } });

    if (call.input !== undefined) expect(faultsOf(input, contract, call.input)).toEqual([]);
    expect(faultsOf(output, contract, await MAKE[type](procedure, call))).toEqual([]);
  });

  it('B2: a stream with heartbeats between its events, and one that continues after it broke', async () => {
    const { demo } = beating;
    const options = { url: proxy.url, apiKey: demo.apiKey as string, signingSecret: demo.signingSecret };
    const ticks: number[] = [];
    const failures: unknown[] = [];
    const subscription = packed.createKeysealClient(options).clock.subscribe(
      { everyMs: 1_500 },
      {
        onData: ({ data: { tick } }) => {
          if (ticks.push(tick) === 2) proxy.cut();
        },
        onError: (error) => void failures.push(error),
        onComplete: () => void failures.push('complete'),
      },
    );
    await expect.poll(() => [ticks, failures], { timeout: 20_000 }).toEqual([[1, 2, 3], []]);
    subscription.unsubscribe();
  });
}

it('every procedure is called by one of these tests', () => {
  expect([...new Set(CALLS.map(([name]) => name))].sort()).toEqual([...builtInApi.procedures.keys()].sort());
});

describe('the packed client of today', () => {
  callsEverything(recorded, packClient);
});

const previous = previousVersion();
const { describe: withHistory } = previous ? { describe } : without(NO_HISTORY);

withHistory(
  `the packed client of the contract before${previous ? `, of ${previous.commit.slice(0, 12)}` : ''}`,
  () => {
    if (previous) callsEverything(previous.contract, () => packClientOf(previous.commit));
  },
);
