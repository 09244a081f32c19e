import { insertPerson, PASSWORD } from './insert-person.ts';
import type { TestService } from './service.ts';
import { type Answer, type Credentials, type Draft, queryTarget, send, sign } from './wire.ts';

/** A person who is signed in. */
export interface Person extends Credentials {
  readonly apiKey: null;
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly token: string;
  readonly refreshToken: string;
}

let people = 0;

/** Calls a public procedure, unsigned. */
export function callPublic(service: TestService, name: string, input: unknown): Promise<Answer> {
  return send(service.port, publicDraft(service, name, input));
}

export function publicDraft(service: TestService, name: string, input: unknown): Draft {
  return {
    method: 'POST',
    target: `/api/${name}`,
    headers: [
      ['host', service.authority],
      ['content-type', 'application/json'],
    ],
    body: Buffer.from(JSON.stringify(input)),
  };
}

/** Signs a new person up: over HTTP if the password is the test's own. */
export async function signUp(service: TestService, password = PASSWORD): Promise<Person> {
  const email = `person-${++people}-${process.pid}@example.com`;
  if (password === PASSWORD) return insertPerson(service, email);
  const answer = await callPublic(service, 'auth.signUp', { email, password });
  if (answer.status !== 200) throw new Error(`sign-up: ${answer.text}`);
  return personOf(answer, email, password);
}

export function personOf({ json }: Answer, email: string, password: string): Person {
  const { user, session } = json.result.data;
  return {
    id: session.id,
    apiKey: null,
    signingSecret: session.signingSecret,
    email,
    password,
    userId: user.id,
    token: session.accessToken,
    refreshToken: session.refreshToken,
  };
}

/** Sends a signed query; for a person with the access token. */
export function query(
  service: TestService,
  who: Credentials | Person,
  name: string,
  input?: unknown,
): Promise<Answer> {
  return send(
    service.port,
    sign(who, queryTarget(name, input), { authority: service.authority, ...tokenOf(who) }),
  );
}

/** Sends a signed mutation; for a person with the access token. */
export function mutate(
  service: TestService,
  who: Credentials | Person,
  name: string,
  input?: unknown,
): Promise<Answer> {
  const options = {
    authority: service.authority,
    method: 'POST',
    body: JSON.stringify(input ?? {}),
    ...tokenOf(who),
  };
  return send(service.port, sign(who, `/api/${name}`, options));
}

/** Creates a key over HTTP, as a person or with a key. */
export async function createKey(
  service: TestService,
  who: Credentials | Person,
  input: Record<string, unknown> = {},
): Promise<Credentials & { apiKey: string }> {
  const answer = await mutate(service, who, 'keys.create', {
    name: 'A key',
    environment: 'live',
    permissions: ['exemple:read'],
    ...input,
  });
  if (answer.status !== 200) throw new Error(`keys.create: ${answer.text}`);
  const { key, secret, signingSecret } = answer.json.result.data;
  return { id: key.id, apiKey: secret, signingSecret };
}

const tokenOf = (who: Credentials | Person) => ('token' in who ? { token: who.token } : {});
