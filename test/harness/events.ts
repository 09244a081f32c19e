import { onTestFinished } from 'vitest';
import type { TestService } from './service.ts';
import { type Credentials, queryTarget, sign } from './wire.ts';

/** An open stream of server-sent events, and the events so far. */
export interface Events {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any event
  readonly seen: any[];
  /** The ids of what was seen. */
  readonly ids: string[];
  /** Where the stream continues after it broke: the id that arrived last, with or without an event. */
  lastId(): string | undefined;
  /** Resolves once so many have come, or the stream is over. */
  count(enough: number): Promise<void>;
  /** Resolves once the stream is over, with the reason where it was refused. */
  readonly over: Promise<string | undefined>;
  leave(): void;
}

/** Opens a subscription over HTTP; it is closed when the test ends. */
export async function subscribe(
  service: TestService,
  who: Credentials & { readonly token?: string },
  name: string,
  input: unknown,
): Promise<Events> {
  const token = who.token === undefined ? {} : { token: who.token };
  const { target, headers } = sign(who, queryTarget(name, input), { authority: service.authority, ...token });
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const options = { headers: Object.fromEntries(headers), signal: left.signal };
  const response = await fetch(service.url + target, options);
  const seen: unknown[] = [];
  const ids: string[] = [];
  let last: string | undefined;
  const waiting = new Set<() => void>();
  let ended = false;
  const over = read(response, (event) => {
    const { name, data, id } = event;
    last = id ?? last;
    if (id !== null && name === null) {
      seen.push(JSON.parse(data));
      ids.push(id);
    }
    for (const look of waiting) look();
  }).finally(() => {
    ended = true;
    for (const look of waiting) look();
  });
  const count = (enough: number) =>
    new Promise<void>((resolve) => {
      const look = () => void (seen.length >= enough || ended ? resolve() : waiting.add(look));
      look();
    });
  return { seen, ids, lastId: () => last, count, over, leave: () => left.abort() };
}

interface Event {
  readonly name: string | null;
  readonly id: string | null;
  readonly data: string;
}

async function read(response: Response, onEvent: (event: Event) => void): Promise<string | undefined> {
  if (response.status !== 200) return (await response.json()).error.data.reason;
  let text = '';
  let reason: string | undefined;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done) return reason;
    const parts = (text + Buffer.from(value ?? []).toString('utf8')).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const event = eventOf(part);
      if (event.name === 'serialized-error') reason = JSON.parse(event.data).data.reason;
      else onEvent(event);
    }
  }
}

function eventOf(text: string): Event {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(text)?.[1] ?? null;
  return { name: field('event'), id: field('id'), data: field('data') ?? '' };
}
