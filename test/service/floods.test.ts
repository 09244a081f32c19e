import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Caller, guardedCallers, honestCallers, SIGN_IN } from '../../bench/floods/callers.ts';
import { Client } from '../../bench/floods/client.ts';
import { FLOOD_NAMES, type FloodName, floodOf } from '../../bench/floods/floods.ts';
import { makeWorld } from '../../bench/floods/make-world.ts';
import { type Outcomes, Tally } from '../../bench/floods/outcomes.ts';
import type { World } from '../../bench/floods/world.ts';
import { AUTHORITY } from '../../bench/servers/routes.ts';
import { createGuard } from '../../client/guard/index.ts';
import { scrape, since } from '../harness/metrics.ts';
import { startTestService, type TestService } from '../harness/service.ts';

// What is counted does not depend on how long it takes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Requests, or connections, of one flood. */
const MOST = 300;
/** Honest callers call so often while the flood is there, each of them. */
const ROUNDS = 5;
/** Of them, with a sign-in. */
const SIGN_INS = 3;
const PATIENCE_MS = 60_000;

let service: TestService;
let world: World;
let callers: readonly Caller[];
let clients: readonly Client[];
let calls = 0;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });
  world = await makeWorld(service.running, { cold: 300, records: 1_000 });
  callers = await honestCallers(service.authority, world);
  clients = callers.map(({ from }) => new Client(service.port, from, PATIENCE_MS));
});
afterAll(async () => {
  for (const client of clients) client.close();
  await service.stop();
});

/** One call of each caller at the same time. @returns what was not a 200, with who was answered so */
async function round(who: (caller: Caller) => boolean): Promise<string[]> {
  const nth = calls++;
  const answers = await Promise.all(
    callers.map(async (caller, i) => {
      if (!who(caller)) return '200';
      const [outcome] = (await clients[i]?.exchange(caller.make(nth))) ?? [];
      return outcome === '200' ? outcome : `${caller.name}: ${outcome}`;
    }),
  );
  return answers.filter((answer) => answer !== '200');
}

/** Resolves once a flood has arrived, and no more bytes of its bodies are read. */
async function arrived(tally: Tally): Promise<void> {
  while (tally.delivered < tally.sent) await wait(10);
  const held: number[] = [];
  const isStill = () => held.length >= 3 && held.slice(-3).every((bytes) => bytes === held.at(-1));
  while (!isStill()) held.push((await scrape(service.port)).sum('keyseal_body_bytes'));
}

interface Beside {
  /** What honest callers got instead of a 200. */
  readonly honest: readonly string[];
  readonly sent: number;
  readonly outcomes: Outcomes;
  /** Looks into the database for keys and for sessions, beside those for honest callers. */
  readonly lookUps: { readonly keys: number; readonly sessions: number };
}

/** Sends a flood, and lets honest callers call until it is sent. */
async function beside(name: FloodName): Promise<Beside> {
  const { send, sockets = MOST, enough = MOST } = floodOf(name);
  const most = Math.min(MOST, sockets, enough);
  const tally = new Tally();
  const stopping = new AbortController();
  // Whoever calls all the time is in the cache.
  await round(() => true);
  const before = await scrape(service.port);
  const flooding = send(
    { port: service.port, authority: service.authority, world, most },
    tally,
    stopping.signal,
  );
  const honest: string[] = [];
  let rounds = 0;
  const callOnce = async () => {
    rounds++;
    // Of a hundred sessions a person loses the one that they act by.
    honest.push(...(await round(({ name }) => name !== SIGN_IN || rounds <= SIGN_INS)));
  };
  const isHeld = floodOf(name).sockets !== undefined;
  // Connections that are held are all there before anybody else calls.
  while (tally.sent < most) await (isHeld ? wait(10) : callOnce());
  if (isHeld) await arrived(tally);
  for (let left = ROUNDS; left > 0; left--) await callOnce();
  if (isHeld) stopping.abort();
  await flooding;
  const after = await scrape(service.port);
  const misses = (cache: string) =>
    since(before, after, 'keyseal_cache_reads_total', { cache, result: 'miss' });
  return {
    honest,
    sent: tally.sent,
    outcomes: tally.outcomes,
    // One key in each round is called for the first time.
    lookUps: { keys: misses('keys') - rounds, sessions: misses('sessions') },
  };
}

/** Nothing of these may be answered with a 200. */
const REFUSED_FLOODS: ReadonlySet<FloodName> = new Set([
  'unknown-keys',
  'unknown-keys-many-24',
  'unknown-keys-one-64',
  'unknown-keys-many-64',
  'unknown-keys-many-48',
  'wrong-secrets',
  'unknown-sessions',
  'sign-in',
  'sign-in-many-24',
  'one-account',
  'half-bodies',
  'half-signed-bodies',
  'slow-bodies',
  'slow-heads',
  'idle',
  'pipelined',
  'nonces-ahead',
  'malformed',
]);
/** What a refusal may be: a mistake of the caller, too many of them, no room, or no answer at all. */
const REFUSED = /^(4\d\d|503|closed|no answer)$/;

/** Which look-ups a flood would cost, if its bearers were looked up. */
const LOOKED_UP: Partial<Record<FloodName, keyof Beside['lookUps']>> = {
  'unknown-keys': 'keys',
  'unknown-keys-many-24': 'keys',
  'unknown-keys-one-64': 'keys',
  'unknown-keys-many-64': 'keys',
  'unknown-keys-many-48': 'keys',
  'wrong-secrets': 'keys',
  'unknown-sessions': 'sessions',
};

const ofKeyseal = FLOOD_NAMES.filter((name) => floodOf(name).at === undefined);

describe.each(ofKeyseal.map((name) => [name, floodOf(name).title] as const))('the flood %s: %s', (name) => {
  let seen: Beside;
  beforeAll(async () => {
    seen = await beside(name);
  });

  it('leaves every honest call admitted', () => {
    expect(seen.honest).toEqual([]);
  });

  if (REFUSED_FLOODS.has(name)) {
    it('is refused', () => {
      expect(Object.keys(seen.outcomes).filter((outcome) => !REFUSED.test(outcome))).toEqual([]);
    });
  }

  const cache = LOOKED_UP[name];
  if (cache !== undefined) {
    it('is looked up in the database for less than half of its requests', () => {
      expect(seen.lookUps[cache] / seen.sent).toBeLessThan(0.5);
    });
  }

  if (name === 'over-limit') {
    it('is admitted as often as the limits say, and no more', () => {
      expect(seen.outcomes['200']).toBe(world.attacker.limited.length * 5);
    });
  }
});

describe('S11: a guarded service whose Keyseal hangs, under anonymous bodies', () => {
  const BODIES = 100;
  let hangs = true;
  let asked = 0;
  /** Keyseal by way of a network that swallows everything for a while. */
  const fetchOrHang = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    asked++;
    if (!hangs) return fetch(input, init);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };

  it('asks Keyseal nothing for them, and admits every honest caller afterwards', async () => {
    const { apiKey, signingSecret } = world.honest.first;
    const options = { url: service.url, apiKey, signingSecret, authority: AUTHORITY, fetch: fetchOrHang };
    const guarded = createServer(
      createGuard(options).node({ permission: 'echo:write' }, (_, response) => response.end('ok')),
    );
    await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
    const { port } = guarded.address() as AddressInfo;
    const tally = new Tally();
    const stop = new AbortController();
    const target = { port, authority: AUTHORITY, world, most: BODIES };
    const flooding = floodOf('guarded-bodies').send(target, tally, stop.signal);
    // Each of them is refused by the guard, or asked about.
    while (asked + tally.answered < BODIES) await wait(10);
    stop.abort();
    await flooding;
    const askedByFlood = asked;

    hangs = false;
    const client = new Client(port, '127.0.10.1', PATIENCE_MS);
    const [caller] = guardedCallers(world);
    const answers: (string | undefined)[] = [];
    for (let nth = 0; nth < 20; nth++) answers.push(...(await client.exchange(caller?.make(nth) ?? '')));
    client.close();
    guarded.closeAllConnections();
    guarded.close();
    expect(answers.filter((answer) => answer !== '200')).toEqual([]);
    expect(askedByFlood).toBe(0);
  });
});
