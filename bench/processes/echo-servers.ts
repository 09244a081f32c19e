import type { Contender } from '../load/contender.ts';
import { answerOf, equalTo, plain, TARGET, TEXT } from '../load/request.ts';
import { type Holder, newHolder, requestSigner } from '../load/signed-call.ts';
import { type ServerProcess, serverProcess, startServer } from './server-process.ts';
import type { Started } from './servers/child.ts';
import { startPeer } from './start-peers.ts';

/** A server that answers `echo`, always with the same body. */
export interface EchoServer extends Contender {
  readonly expected: string;
}

interface FastifyServer extends EchoServer {
  readonly holder: Holder;
}

/** The servers that answer `echo`, in the order of their turns. */
export interface EchoServers {
  readonly bare: EchoServer;
  readonly trpc: EchoServer;
  readonly open: EchoServer;
  readonly sealed: EchoServer;
  readonly fastify: FastifyServer;
  readonly fastifyCached: FastifyServer;
}

/**
 * Keyseal with all three proofs, and the servers compared with it. Bare node:http and both Keyseals get the same
 * bytes.
 */
export async function startEchoServers(): Promise<{ all: EchoServers; stop: () => Promise<void> }> {
  const [keyseal, trpc, fastify, fastifyCached] = await Promise.all([
    startServer('keyseal'),
    startServer('standalone'),
    startFastify('Fastify, the same by hand', 'off'),
    startFastify('Fastify, tokens cached', 'on'),
  ]);
  const holder = await newHolder(keyseal.port);
  const make = requestSigner(holder, `localhost:${keyseal.port}`, TARGET);
  const expected = answerOf({ text: TEXT, caller: callerOf(holder) });
  const [bare, open] = await Promise.all([
    startServer('bare', { BENCH_ANSWER: expected }),
    startServer('keyseal-open', {
      BENCH_CALLER: JSON.stringify(callerOf(holder)),
      // Under the other's name, so that it can get the same bytes.
      BENCH_ORIGIN: `http://localhost:${keyseal.port}`,
    }),
  ]);
  const unsealed = answerOf({ text: TEXT });
  const all = {
    bare: answering({ ...bare, name: 'bare node:http', make, expected }),
    trpc: answering({ ...trpc, name: 'tRPC standalone, unsecured', make: plain(TARGET), expected: unsealed }),
    open: answering({ ...open, name: 'Keyseal, unguarded', make, expected }),
    sealed: answering({ ...keyseal, name: 'Keyseal, all three proofs', make, expected }),
    fastify,
    fastifyCached,
  };
  const stop = async () => {
    for (const server of Object.values<Pick<ServerProcess, 'stop'>>(all)) await server.stop();
  };
  return { all, stop };
}

const answering = <S extends { readonly expected: string }>(server: S) => ({
  ...server,
  isRight: equalTo(server.expected),
});

const callerOf = ({ id, userId }: Holder) => ({ keyId: id, userId });

/** @param cache of verified tokens; off by default, as documented */
async function startFastify(name: string, cache: 'on' | 'off') {
  const peer = await startPeer<Started & { holder: Holder }>('fastify', { BENCH_JWT_CACHE: cache });
  const { holder, port } = peer.ready;
  const make = requestSigner(holder, `localhost:${port}`, TARGET);
  const expected = JSON.stringify({ text: TEXT, caller: callerOf(holder) });
  return answering({ ...serverProcess(peer), name, holder, make, expected });
}
