import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatKey } from '../../shared/key-format.ts';
import { type Flood, floods, passingHead, sendFlood, startGuards } from '../../test/harness/guard-floods.ts';
import { rawConnection } from '../../test/harness/raw.ts';

/** `npm run soak:guards -- 120`: floods the guards of every framework for that many seconds, ten minutes by default. */
const SECONDS = Number(process.argv[2] ?? 600);
const LIMIT = 10_000;
const HOST = 'orders.example.com';
const AT_ONCE = 8;
/** Slow senders that are held open for each framework. */
const SLOW = 10;

const REFUSED = {
  valid: false,
  reason: 'SIGNATURE_INVALID',
  httpStatus: 401,
  message: 'no',
  docs: 'https://keyseal.example.com',
  limits: [],
  requestId: 'a',
};

/** A fake Keyseal that refuses every request. */
const keyseal = createServer((request, response) => {
  request.resume();
  const calls = (request.url ?? '').split('?')[0]?.split(',').length ?? 1;
  const answers = Array.from({ length: calls }, () => ({ result: { data: REFUSED } }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answers));
});
await new Promise<void>((resolve) => keyseal.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(keyseal.address() as AddressInfo).port}`;
const apiKey = formatKey('ks', 'live', 'a'.repeat(12), 'b'.repeat(32));
const guards = await startGuards({
  url,
  apiKey,
  signingSecret: `kss_${'c'.repeat(43)}`,
  authority: HOST,
  maxBody: LIMIT,
  maxBuffered: 80 * LIMIT,
});
const ports = Object.values(guards.ports);
const all = floods(HOST, apiKey, LIMIT);
let sent = 0;

async function flood(until: number): Promise<void> {
  for (let turn = 0; performance.now() < until && guards.isAlive(); turn++) {
    const bytes = Buffer.concat([
      Buffer.from(turn % 2 ? '' : passingHead(HOST, apiKey, 'a: b')),
      randomBytes(999),
    ]);
    const random: Flood = { name: 'random bytes', bytes, ending: turn % 3 ? 'end' : 'reset' };
    const next = [...all, random][turn % (all.length + 1)] ?? random;
    await sendFlood(ports[turn % ports.length] as number, next);
    sent++;
  }
}

/** Sends one byte in a second, then disconnects. */
async function dripSlowly(port: number, until: number): Promise<void> {
  while (performance.now() < until && guards.isAlive()) {
    const connection = await rawConnection(port);
    connection.socket.write(passingHead(HOST, apiKey, 'content-length: 100'));
    for (let byte = 0; byte < 10 && performance.now() < until; byte++) {
      connection.socket.write('x');
      await pause(1_000);
    }
    connection.socket.destroy();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function run(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const slow = ports.flatMap((port) => Array.from({ length: SLOW }, () => dripSlowly(port, until)));
  await Promise.all([...Array.from({ length: AT_ONCE }, () => flood(until)), ...slow]);
}

// The first floods fill everything that is reused: connections to Keyseal, caches, compiled code.
await run(Math.min(10, SECONDS));
await pause(3_000);
const before = await guards.vitals();
await run(SECONDS);
await pause(6_000);
const after = await guards.vitals();
const wrong = [
  guards.isAlive() ? '' : 'the process died',
  guards.stderr(),
  after.descriptors > before.descriptors + 10 ? 'descriptors were not given back' : '',
  after.heap > before.heap + 30 ? 'memory was not given back' : '',
].filter(Boolean);
console.log(JSON.stringify({ seconds: SECONDS, sent, before, after, wrong }, null, 2));
await guards.stop();
keyseal.closeAllConnections();
keyseal.close();
process.exitCode = wrong.length > 0 ? 1 : 0;
