import { z } from 'zod';
import type { TailedCall } from './subscription.ts';

/** Postgres limits a notification to less than 8,000 bytes. */
const MAX_BYTES = 7_900;

const CallSent = z.object({
  keyId: z.string(),
  at: z.number(),
  procedure: z.string(),
  outcome: z.string(),
  durationMs: z.number(),
  address: z.string().nullable(),
  requestId: z.string(),
}) satisfies z.ZodType<TailedCall>;

/** A message between instances. A newer version may add members; this one ignores members that it does not know. */
const BroadcastMessage = z.object({
  /** The instance that sends it. */
  from: z.string(),
  /** The keys that are watched there. */
  tails: z.array(z.string()).optional(),
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

/** Packs calls and the counts of lost ones into as few messages as possible. */
export function packed(
  from: string,
  calls: readonly TailedCall[],
  missed: readonly [keyId: string, count: number][],
): BroadcastMessage[] {
  const of = (kind: 'calls' | 'missed') => (some: readonly unknown[]) =>
    ({ from, [kind]: some }) as BroadcastMessage;
  return [...inParts(missed, of('missed')), ...inParts(calls, of('calls'))];
}

function inParts<T>(
  items: readonly T[],
  messageOf: (some: readonly T[]) => BroadcastMessage,
): BroadcastMessage[] {
  const bytes = Buffer.byteLength(JSON.stringify(messageOf([])));
  const messages: BroadcastMessage[] = [];
  let some: T[] = [];
  let size = bytes;
  for (const item of items) {
    const more = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (some.length > 0 && size + more > MAX_BYTES) {
      messages.push(messageOf(some));
      some = [];
      size = bytes;
    }
    some.push(item);
    size += more;
  }
  if (some.length > 0) messages.push(messageOf(some));
  return messages;
}
