import { setTimeout as wait } from 'node:timers/promises';
import { publicDraft } from './people.ts';
import type { TestService } from './service.ts';
import { type Answer, send, withHeader } from './wire.ts';

/** The IP address of a person who shares no network with an attacker. */
export const OWNER = '198.51.100.1';

/** Signs in from an address. Needs a service that trusts 127.0.0.1 as its proxy. */
export function signInFrom(
  service: TestService,
  address: string,
  input: object,
  { port, cookie }: { port?: number; cookie?: string } = {},
): Promise<Answer> {
  const draft = withHeader(publicDraft(service, 'auth.signIn', input), 'x-forwarded-for', address);
  const known = cookie === undefined ? draft : withHeader(draft, 'cookie', cookie);
  return send(port ?? service.port, withHeader(known, 'origin', service.url));
}

/**
 * How long a connection that found the queue full waits for its next attempt. Dozens wait at the same time, and a place becomes
 * free with a hash: one of them takes it after some milliseconds, so that the queue stays full.
 */
const PAUSE_MS = 200;

/** Keeps so many connections busy with attempts until it is ended. @returns the end, which resolves to the answers */
export function attack(connections: number, attempt: (nth: number) => Promise<Answer>) {
  let going = true;
  let nth = 0;
  const answers: Answer[] = [];
  const workers = Array.from({ length: connections }, async () => {
    while (going) {
      const answer = await attempt(nth++);
      answers.push(answer);
      if (answer.status === 503) await wait(PAUSE_MS);
    }
  });
  return async () => {
    going = false;
    await Promise.all(workers);
    return answers;
  };
}

/** Calls so many times, one after the other. @returns the status of each answer */
export async function statuses(count: number, call: () => Promise<Answer>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await call()).status);
  return all;
}
