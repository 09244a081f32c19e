import type { Contender } from '../load/contender.ts';
import { answerOf, plain, TARGET, TEXT } from '../load/request.ts';
import { type Holder, inTurn, newHolders, requestSigner } from '../load/signed-call.ts';
import { type ServerProcess, serverProcess, startServer } from './server-process.ts';
import type { Started } from './servers/child.ts';
import { startPeer } from './start-peers.ts';

/** A server with an `echo` that returns always the same body, or one for each caller. */
export interface EchoServer extends Contender {
  readonly expected: readonly string[];
}

interface FastifyServer extends EchoServer {
  readonly holders: readonly Holder[];
}

/** The servers with an `echo`, in the order of their turns. */
export interface EchoServers {
  readonly bare: EchoServer;
  readonly trpc: EchoServer;
  readonly open: EchoServer;
  readonly signed: EchoServer;
  readonly fastify: FastifyServer;
  readonly fastifyCached: FastifyServer;
}

/**
 * Keyseal with all three proofs, and the servers compared with it. Bare node:http and both Keyseals get the same
 * bytes.
 * @param keys that call in turn, of Keyseal and of Fastify each
 */
export async function startEchoServers(
  keys: number,
): Promise<{ all: EchoServers; stop: () => Promise<void> }> {
  const [keyseal, trpc, fastify, fastifyCached] = await Promise.all([
    startServer('keyseal'),
    startServer('standalone'),
    startFastify('Fastify, the same by hand', 'off', keys),
    startFastify('Fastify, tokens cached', 'on', keys),
  ]);
  const holders = await newHolders(keyseal.port, keys);
  const make = signersOf(holders, `localhost:${keyseal.port}`);
  const answers = holders.map((holder) => answerOf({ text: TEXT, caller: callerOf(holder) }));
  // These two know no callers: they respond to everyone as to the first.
  const expected = answers.slice(0, 1);
  const [bare, open] = await Promise.all([
    startServer('bare', { BENCH_ANSWER: String(expected) }),
    startServer('keyseal-open', {
      BENCH_CALLER: JSON.stringify(callerOf(holders[0])),
      // Under the other's name, so that it can get the same bytes.
      BENCH_ORIGIN: `http://localhost:${keyseal.port}`,
    }),
  ]);
  const unsigned = [answerOf({ text: TEXT })];
  const all = {
    bare: answering({ ...bare, name: 'bare node:http', make, expected }),
    trpc: answering({ ...trpc, name: 'tRPC standalone, unsecured', make: plain(TARGET), expected: unsigned }),
    open: answering({ ...open, name: 'Keyseal, unguarded', make, expected }),
    signed: answering({ ...keyseal, name: 'Keyseal, all three proofs', make, expected: answers }),
    fastify,
    fastifyCached,
  };
  const stop = async () => {
    for (const server of Object.values<Pick<ServerProcess, 'stop'>>(all)) await server.stop();
  };
  return { all, stop };
}

function answering<S extends { readonly expected: readonly string[] }>(server: S) {
  const right = new Set(server.expected);
  return { ...server, isRight: (body: string) => right.has(body) };
}

const callerOf = ({ id, userId }: Holder) => ({ keyId: id, userId });

const signersOf = (holders: readonly Holder[], authority: string) =>
  inTurn(holders.map((holder) => requestSigner(holder, authority, TARGET)));

/** @param cache of verified tokens; off by default, as documented */
async function startFastify(name: string, cache: 'on' | 'off', keys: number) {
  const env = { BENCH_JWT_CACHE: cache, BENCH_KEYS: String(keys) };
  const peer = await startPeer<Started & { holders: Holder[] }>('fastify', env);
  const { holders, port } = peer.ready;
  const make = signersOf(holders, `localhost:${port}`);
  const expected = holders.map((holder) => JSON.stringify({ text: TEXT, caller: callerOf(holder) }));
  return answering({ ...serverProcess(peer), name, holders, make, expected });
}
