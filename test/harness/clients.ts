import {
  createKeysealClient,
  type KeysealClient,
  type KeysealClientOptions,
  type KeysealSession,
} from '../../client/index.ts';
import type { TestService } from './service.ts';

let people = 0;

/** Signs a new person up through the client. */
export async function newSession(service: TestService): Promise<KeysealSession> {
  const email = `client-${++people}-${process.pid}@example.com`;
  const client = createKeysealClient({ url: service.url });
  return (await client.auth.signUp.mutate({ email, password: 'correct horse battery' })).session;
}

/** Creates a key through the client. @returns options to call with it */
export async function newKey(
  person: KeysealClient,
  permissions: string[],
): Promise<{ id: string; apiKey: string; signingSecret: string }> {
  const input = { name: 'A key', environment: 'test' as const, permissions };
  const { key, secret, signingSecret } = await person.keys.create.mutate(input);
  if (secret === null || signingSecret === null) throw new Error('a new key shows its secrets');
  return { id: key.id, apiKey: secret, signingSecret };
}

/** The options of a client that calls with the service's first key, which holds every permission. */
export function withKey({
  url,
  demo,
}: TestService): KeysealClientOptions & { apiKey: string; signingSecret: string } {
  return { url, apiKey: demo.apiKey as string, signingSecret: demo.signingSecret };
}

/** A fetch that records the requests that it sends, in order. */
export function noted(before: (request: Request, nth: number) => void = () => {}) {
  const sent: Request[] = [];
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    sent.push(request.clone());
    before(request, sent.length);
    return globalThis.fetch(request);
  };
  const paths = () => sent.map(({ url }) => new URL(url).pathname.slice('/api/'.length));
  return { sent, fetch, paths };
}
