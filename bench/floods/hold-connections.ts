import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Tally } from './outcomes.ts';
import { OWN_ADDRESS } from './send-requests.ts';
import type { Target } from './target.ts';

const STATUS = /^HTTP\/1\.1 (\d{3})/;
const ROUND_MS = 100;
const DRIP_MS = 1_000;

interface HeldConnections {
  readonly sockets: number;
  /** Connections that are opened in a second. */
  readonly perSecond: number;
  readonly from?: string;
  /** The first bytes of each connection. */
  readonly first: (nth: number) => string | Buffer;
  /** What each connection sends once a second after that. */
  readonly drip?: string;
}

/** Holds connections open, and replaces those that are closed. */
export async function holdConnections(
  target: Target,
  tally: Tally,
  stop: AbortSignal,
  { sockets, perSecond, from = OWN_ADDRESS, first, drip }: HeldConnections,
): Promise<void> {
  const open = new Set<Socket>();
  const openOne = () => {
    const socket = connect({ port: target.port, host: '127.0.0.1', localAddress: from });
    open.add(socket);
    socket.on('error', () => {});
    // Only the first response of each connection counts; later events of a stream do not.
    socket.once('data', (chunk) => tally.note(STATUS.exec(chunk.toString('latin1'))?.[1] ?? 'no HTTP'));
    socket.resume();
    socket.once('close', () => {
      open.delete(socket);
      if (socket.bytesRead === 0 && !stop.aborted) tally.note('closed');
    });
    socket.write(first(tally.sent), () => {
      tally.delivered++;
    });
    tally.sent++;
  };
  let dripped = performance.now();
  while (!stop.aborted) {
    const room = Math.min(sockets - open.size, target.max - tally.sent, (perSecond * ROUND_MS) / 1000);
    for (let i = 0; i < room; i++) openOne();
    if (drip !== undefined && performance.now() - dripped > DRIP_MS) {
      dripped = performance.now();
      for (const socket of open) socket.write(drip);
    }
    await wait(ROUND_MS);
  }
  for (const socket of open) socket.destroy();
}
