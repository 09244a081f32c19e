import { callPublic, mutate, type Person, personOf } from './people.ts';
import type { TestService } from './service.ts';
import type { Answer } from './wire.ts';

/** A sign-in that a browser has begun. */
export interface Begun {
  readonly url: string;
  readonly flow: string;
}

const RETURN_TO = '/keys';

/** Begins a sign-in with an issuer. */
export async function beginSignIn(
  service: TestService,
  issuer = 'company',
  returnTo = RETURN_TO,
): Promise<Begun> {
  const answer = await callPublic(service, 'auth.startSignIn', { issuer, returnTo });
  if (answer.status !== 200) throw new Error(`auth.startSignIn: ${answer.text}`);
  return answer.json.result.data;
}

/** Begins to link an identity to the account of a person. */
export async function beginLink(service: TestService, person: Person, issuer = 'company'): Promise<Begun> {
  const input = { issuer, returnTo: RETURN_TO, password: person.password };
  const answer = await mutate(service, person, 'identities.startLink', input);
  if (answer.status !== 200) throw new Error(`identities.startLink: ${answer.text}`);
  return answer.json.result.data;
}

export const finish = (service: TestService, url: string, flow: string): Promise<Answer> =>
  callPublic(service, 'auth.finishSignIn', { url, flow });

interface Provider {
  visit(url: string, person: string): Promise<string>;
}

/** Signs a person in with a provider. */
export async function signInWith(service: TestService, provider: Provider, who: string): Promise<Answer> {
  const { url, flow } = await beginSignIn(service);
  return finish(service, await provider.visit(url, who), flow);
}

/** The same for a person whom the service must admit. */
export async function admitted(service: TestService, provider: Provider, who: string): Promise<Person> {
  const answer = await signInWith(service, provider, who);
  if (answer.status !== 200) throw new Error(`auth.finishSignIn: ${answer.text}`);
  return personOf(answer, answer.json.result.data.user.email, '');
}

/** Links a person of a provider to an account. */
export async function link(
  service: TestService,
  provider: Provider,
  person: Person,
  who: string,
): Promise<Answer> {
  const { url, flow } = await beginLink(service, person);
  const back = await provider.visit(url, who);
  return mutate(service, person, 'identities.finishLink', { url: back, flow });
}
