import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';

/** What a connection holds in memory for a peer that has not read it yet. */
export interface UnreadAnswers {
  readonly socket: Socket;
  readonly payer: FairnessKey;
  readonly bytes: number;
}

/** Bytes that wait for the peer of a connection: in the socket, and in the answers that queue behind the first. */
export function unreadBytes(socket: Socket, responses: readonly ServerResponse[]): number {
  const queued = responses.filter((response) => response.socket === null);
  return queued.reduce((bytes, { writableLength }) => bytes + writableLength, socket.writableLength);
}

/**
 * The connections to end, so that no more than `max` bytes wait for all peers: the largest of the address that holds most,
 * in the network that holds most. Clients that read their answers, and hold less, keep them.
 */
export function excessUnread(all: readonly UnreadAnswers[], max: number): Socket[] {
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

const nameOf = (payer: FairnessKey): string => payer.join(' ');

function sumBy(
  all: readonly UnreadAnswers[],
  name: (payer: FairnessKey) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { payer, bytes } of all) sums.set(name(payer), (sums.get(name(payer)) ?? 0) + bytes);
  return sums;
}
