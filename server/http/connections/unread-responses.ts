import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';

/** A connection, and the bytes of its responses that are in memory because the peer has not read them yet. */
export interface UnreadResponses {
  readonly socket: Socket;
  readonly payer: FairnessPath;
  readonly bytes: number;
}

/** Bytes that wait for the peer of a connection: in the socket, and in the responses that queue behind the first. */
export function unreadBytes(socket: Socket, responses: readonly ServerResponse[]): number {
  const queued = responses.filter((response) => response.socket === null);
  return queued.reduce((bytes, { writableLength }) => bytes + writableLength, socket.writableLength);
}

/**
 * The connections to end, so that no more than `max` bytes wait for all peers: the largest ones of the IP address for which
 * most bytes wait, in the network for which most wait. Clients that read their responses, and so let fewer bytes wait, keep
 * their connections.
 */
export function excessUnread(all: readonly UnreadResponses[], max: number): Socket[] {
  let excess = all.reduce((sum, { bytes }) => sum + bytes, -max);
  if (excess <= 0) return [];
  const [networks, addresses] = [sumBy(all, ([network]) => `${network}`), sumBy(all, nameOf)];
  const sumOf = (sums: ReadonlyMap<string, number>, name: string) => sums.get(name) ?? 0;
  const largestFirst = [...all].sort(
    (a, b) =>
      sumOf(networks, `${b.payer[0]}`) - sumOf(networks, `${a.payer[0]}`) ||
      sumOf(addresses, nameOf(b.payer)) - sumOf(addresses, nameOf(a.payer)) ||
      b.bytes - a.bytes,
  );
  const ended: Socket[] = [];
  for (const { socket, bytes } of largestFirst) {
    if (excess <= 0) break;
    ended.push(socket);
    excess -= bytes;
  }
  return ended;
}

const nameOf = (payer: FairnessPath): string => payer.join(' ');

function sumBy(
  all: readonly UnreadResponses[],
  name: (payer: FairnessPath) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { payer, bytes } of all) sums.set(name(payer), (sums.get(name(payer)) ?? 0) + bytes);
  return sums;
}
