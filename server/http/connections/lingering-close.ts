import type { Socket } from 'node:net';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';

/** How long the service keeps reading from a connection after its last response. */
export interface LingerBounds {
  /** Milliseconds without a byte from the peer. */
  readonly idleMs: number;
  /** Milliseconds in total. */
  readonly totalMs: number;
  readonly bytes: number;
  /** Connections at the same time. */
  readonly connections: number;
}

const BOUNDS: LingerBounds = {
  idleMs: 5_000,
  // A refused upload of 7 MB at 200 KB/s is over by then.
  totalMs: MINUTE_MS,
  // The largest body that `KEYSEAL_MAX_BODY_BYTES` allows.
  bytes: 64 * 1024 * 1024,
  connections: 4_096,
};
/** How often the bounds are checked, as a fraction of the shortest one. */
const CHECKS = 5;

/**
 * Closes connections as RFC 9112 §9.6 requires: after the last response it closes the sending side, then reads and discards
 * what still arrives until the peer closes too. If the whole connection were closed while a body is arriving, TCP would reply
 * to the next segment with a reset, and the peer could lose a response that it had not read.
 *
 * The number of such connections is bounded and divided; beyond a share a connection is closed at once.
 */
export class LingeringClose {
  readonly #bounds: LingerBounds;
  readonly #slots: FairBudget;

  constructor(bounds: LingerBounds = BOUNDS) {
    this.#bounds = bounds;
    this.#slots = new FairBudget(bounds.connections);
  }

  /** The connections that are lingering. */
  get open(): number {
    return this.#slots.occupancy.used;
  }

  /**
   * Turns every close of an HTTP server's connection, by Node or by this service, into a lingering close: both call
   * `destroySoon`.
   * @param payerOf who pays for the connection as it ends
   */
  adopt(socket: Socket, payerOf: (socket: Socket) => FairnessPath): void {
    const closeAtOnce = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      // Nothing can come from a peer that has closed its sending side.
      if (socket.destroyed || socket.readableEnded) return closeAtOnce();
      // Node calls it again when a response is written.
      socket.destroySoon = () => {};
      this.#linger(socket, payerOf(socket));
    };
  }

  #linger(socket: Socket, payer: FairnessPath): void {
    let discarded = 0;
    let progressAt = 0;
    discard(socket, (length) => {
      discarded += length;
      progressAt = performance.now();
      if (discarded > this.#bounds.bytes) socket.destroy();
    });
    // The time that the peer takes to read the response is not bounded here, and uses no slot.
    socket.end(() => {
      if (socket.destroyed) return;
      if (!this.#slots.take(payer, 1)) return void socket.destroy();
      progressAt = performance.now();
      const endChecks = this.#checkTimes(socket, () => progressAt);
      socket.once('close', () => {
        endChecks();
        this.#slots.release(payer, 1);
      });
    });
  }

  /** Ends a connection once its time is over. @returns a function that stops the checks */
  #checkTimes(socket: Socket, progressAt: () => number): () => void {
    const { idleMs, totalMs } = this.#bounds;
    const begunAt = performance.now();
    const check = () => {
      const now = performance.now();
      if (now - progressAt() >= idleMs || now - begunAt >= totalMs) socket.destroy();
    };
    const checking = setInterval(check, Math.min(idleMs, totalMs) / CHECKS).unref();
    return () => clearInterval(checking);
  }
}

/** Detaches a connection from Node's HTTP parser: nothing in it is read as a request any more. */
function discard(socket: Socket, onBytes: (length: number) => void): void {
  // Node's own listener feeds the parser. A new one makes the parser release the connection.
  socket.removeAllListeners('data');
  const take = () => {
    // Node pauses it again while a response is still to be written.
    if (socket.isPaused()) socket.once('resume', take);
    else socket.on('data', (chunk: Buffer) => onBytes(chunk.length));
  };
  // Node resumes reading in a listener that it removes with the parser, so the connection is released after that.
  take();
  socket.resume();
}
