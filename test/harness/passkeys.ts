import { callPublic, mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import { type Changes, SoftwareAuthenticator } from './software-authenticator.ts';
import type { Answer } from './wire.ts';

/** The origin of the service's own pages. */
export const originOf = ({ running }: TestService): string =>
  new URL(running.service.origins[0] as string).origin;

/** Creation options, and the challenge to give back with the answer. */
export async function beginPasskey(service: TestService, who: Person, code?: string) {
  const input = { password: who.password, ...(code === undefined ? {} : { code }) };
  const answer = await mutate(service, who, 'passkeys.startRegistration', input);
  if (answer.status !== 200) throw new Error(`passkeys.startRegistration: ${answer.text}`);
  return answer.json.result.data;
}

/** A registration with the answer of an authenticator, or with a changed one. */
export async function registerWith(
  service: TestService,
  who: Person,
  authenticator: SoftwareAuthenticator,
  changes: Changes = {},
): Promise<Answer> {
  const { challenge, options } = await beginPasskey(service, who);
  const response = authenticator.create(options, changes);
  return mutate(service, who, 'passkeys.register', { challenge, response, name: 'Laptop' });
}

/** A passkey of a person, registered. */
export interface HeldPasskey {
  readonly id: string;
  readonly authenticator: SoftwareAuthenticator;
}

/** Registers a passkey on the service's own page. */
export async function addPasskey(
  service: TestService,
  who: Person,
  authenticator = new SoftwareAuthenticator({ origin: originOf(service) }),
): Promise<HeldPasskey> {
  const answer = await registerWith(service, who, authenticator);
  if (answer.status !== 200) throw new Error(`passkeys.register: ${answer.text}`);
  return { id: answer.json.result.data.passkey.id, authenticator };
}

/** Request options, and the challenge to give back with the answer. */
export async function beginPasskeySignIn(service: TestService) {
  const answer = await callPublic(service, 'auth.startPasskeySignIn', {});
  if (answer.status !== 200) throw new Error(`auth.startPasskeySignIn: ${answer.text}`);
  return answer.json.result.data;
}

/** A sign-in with the answer of an authenticator, or with a changed one. */
export async function signInByPasskey(
  service: TestService,
  authenticator: Pick<SoftwareAuthenticator, 'get'>,
  changes: Changes = {},
): Promise<Answer> {
  const { challenge, options } = await beginPasskeySignIn(service);
  const response = authenticator.get(options, changes);
  return callPublic(service, 'auth.signInWithPasskey', { challenge, response });
}
