import { setImmediate as turn } from 'node:timers/promises';
import { type Connection, type IsRight, openConnection } from './connection.ts';

const CONNECTIONS = 32;

/** A server, and the function that makes the next request to it. */
export interface Target {
  readonly port: number;
  /** The bytes of a request, new each time. */
  readonly make: () => string;
  readonly isRight: IsRight;
}

/**
 * Makes a number of calls, as fast as they are answered. The requests are prepared before the clock runs: preparing them
 * is not the server's work, and would keep the load from saturating it.
 * @returns calls per second of wall-clock time. Rejects if a response is wrong, or if two requests are equal
 */
export async function load({ port, make, isRight }: Target, calls: number): Promise<number> {
  const requests = prepare(make, calls);
  return withConnections(port, async (connections) => {
    const before = performance.now();
    const keepCalling = async (connection: Connection) => {
      for (let request = requests.pop(); request; request = requests.pop())
        await connection.call(request, isRight);
    };
    await Promise.all(connections.map(keepCalling));
    return (calls * 1000) / (performance.now() - before);
  });
}

/**
 * Calls at a constant pace, whether or not earlier ones have been answered.
 * @returns the latency of each in milliseconds, from when it was due: a call that waited for a connection waited for
 *   the server
 */
export async function loadSteadily(
  { port, make, isRight }: Target,
  perSecond: number,
  calls: number,
): Promise<number[]> {
  const requests = prepare(make, calls);
  return withConnections(port, async (connections) => {
    const took: number[] = [];
    const free = [...connections];
    const underWay = new Set<Promise<void>>();
    const begun = performance.now();
    const send = async (connection: Connection, request: string, due: number) => {
      await connection.call(request, isRight);
      took.push(performance.now() - due);
      free.push(connection);
    };
    for (let sent = 0; sent < calls; await turn()) {
      for (; sent < calls && free.length > 0; sent++) {
        const due = begun + (sent * 1000) / perSecond;
        if (performance.now() < due) break;
        const sending = send(free.pop() as Connection, requests[sent] as string, due);
        underWay.add(sending);
        void sending.then(() => underWay.delete(sending));
      }
    }
    await Promise.all(underWay);
    return took;
  });
}

function prepare(make: () => string, calls: number): string[] {
  const requests = Array.from({ length: calls }, make);
  // A server that refuses replays would reveal equal requests; one that checks nothing would not.
  const isSealed = /\r\n(x-)?signature: /.test(requests[0] ?? '');
  if (isSealed && new Set(requests).size < calls) throw new Error('a request was made twice');
  return requests;
}

async function withConnections<T>(port: number, run: (connections: Connection[]) => Promise<T>): Promise<T> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)));
  try {
    return await run(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}
