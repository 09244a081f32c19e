import { z } from 'zod';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { NO_POSITION, type TailedCall } from './subscription.ts';

/** Postgres limits a notification to less than 8,000 bytes; the number of its first item adds up to twenty. */
const MAX_BYTES = 7_900;

const CallSent = z.object({
  keyId: z.string(),
  at: z.number(),
  procedure: z.string(),
  outcome: z.string(),
  durationMs: z.number(),
  address: z.string().nullable(),
  requestId: z.string(),
  /** Older versions do not send it; a value that only a newer one knows counts as none. */
  pair: z.enum(['current', 'previous']).nullable().catch(null),
}) satisfies z.ZodType<TailedCall>;

/** A message between instances. A newer version may add properties; this one ignores properties that it does not know. */
const BroadcastMessage = z.object({
  /** The instance that sends it. */
  from: z.string(),
  /** The number of its first item among all items of this instance: it gives each item a position. */
  n: z.number().optional(),
  /** The keys that are watched there. */
  tails: z.array(z.string()).optional(),
  /** The workspaces of these keys, in their order. */
  workspaces: z.array(z.string()).optional(),
  /** The sponsors of these workspaces, in the same order; older versions do not send them. */
  sponsors: z.array(z.string()).optional(),
  /** The key that a new watcher watches there. */
  opened: z.string().optional(),
  calls: z.array(CallSent).optional(),
  /** How many calls could not be sent, by key. */
  missed: z.array(z.tuple([z.string(), z.number()])).optional(),
});
export type BroadcastMessage = z.infer<typeof BroadcastMessage>;

/** Parses a message; null if this version does not understand it. */
export function readMessage(text: string): BroadcastMessage | null {
  try {
    return BroadcastMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A watched key, and the sponsor and the workspace that it belongs to. */
export type WatchedKey = readonly [keyId: string, tenant: FairnessPath];

/** The properties of a message that announce watched keys. */
export const tailsOf = (watched: readonly WatchedKey[]) => ({
  tails: watched.map(([keyId]) => keyId),
  workspaces: watched.map(([, [, workspaceId = '']]) => workspaceId),
  sponsors: watched.map(([, [sponsorId = '']]) => sponsorId),
});

/** The watched keys that a message announces. */
export function watchedIn({ tails = [], workspaces = [], sponsors = [] }: BroadcastMessage): WatchedKey[] {
  return tails.flatMap((keyId, nth): WatchedKey[] => {
    const workspaceId = workspaces[nth];
    return workspaceId === undefined ? [] : [[keyId, [sponsors[nth] ?? workspaceId, workspaceId]]];
  });
}

/** Packs the watched keys into as few messages as possible; without any, into an empty one. */
export function packAnnouncements(from: string, watched: readonly WatchedKey[]): BroadcastMessage[] {
  const messageOf = (some: readonly WatchedKey[]): BroadcastMessage => ({ from, ...tailsOf(some) });
  return watched.length === 0 ? [messageOf([])] : packInParts(watched, messageOf);
}

/** Packs calls and the counts of lost ones into as few messages as possible. @param n of the first item */
export function packCalls(
  from: string,
  calls: readonly TailedCall[],
  missed: readonly [keyId: string, count: number][],
  n: number,
): BroadcastMessage[] {
  const messageWith = (kind: 'calls' | 'missed') => (some: readonly unknown[]) =>
    ({ from, [kind]: some }) as BroadcastMessage;
  let next = n;
  return [...packInParts(missed, messageWith('missed')), ...packInParts(calls, messageWith('calls'))].map(
    (message) => {
      const numbered = { ...message, n: next };
      next += (message.calls ?? message.missed ?? []).length;
      return numbered;
    },
  );
}

/** Returns the positions of a message's items, one by one; NO_POSITION if an older version sent it. */
export function positionsIn({ from, n }: BroadcastMessage): () => string {
  let next = n;
  return () => (next === undefined ? NO_POSITION : positionOf(from, next++));
}

/** @param from the random UUID of an instance, of which the first eight hexadecimal digits are used */
const positionOf = (from: string, n: number): string => `${from.slice(0, 8)}.${n}`;

function packInParts<T>(
  items: readonly T[],
  messageOf: (some: readonly T[]) => BroadcastMessage,
): BroadcastMessage[] {
  const bytes = Buffer.byteLength(JSON.stringify(messageOf([])));
  const messages: BroadcastMessage[] = [];
  let some: T[] = [];
  let size = bytes;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (some.length > 0 && size + itemBytes > MAX_BYTES) {
      messages.push(messageOf(some));
      some = [];
      size = bytes;
    }
    some.push(item);
    size += itemBytes;
  }
  if (some.length > 0) messages.push(messageOf(some));
  return messages;
}
