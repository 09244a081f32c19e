import { randomUUID } from 'node:crypto';
import type { HostileIssuer } from './hostile-issuer.ts';
import { callPublic, mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import type { Answer, Credentials } from './wire.ts';

/** The audience of the tokens of jobs. */
export const FOR_KEYS = 'https://keys.example.com';
export const MAIN = 'repo:acme/shop:ref:refs/heads/main';

/** The input of a rule for the jobs of one repository. */
export const ruleInput = (more: object = {}) => ({
  ...{ name: 'Deploy', issuer: 'company', audience: FOR_KEYS, subject: 'repo:acme/shop:ref:refs/heads/*' },
  ...{ environment: 'live', permissions: ['exemple:read'], ...more },
});

/** Creates a rule. @returns its id */
export async function createRule(
  service: TestService,
  who: Person | Credentials,
  more: object = {},
): Promise<string> {
  const answer = await mutate(service, who, 'exchangeRules.create', ruleInput(more));
  if (answer.status !== 200) throw new Error(`exchangeRules.create: ${answer.text}`);
  return answer.json.result.data.id;
}

/** A token of a job on the main branch, with a `jti` of its own. */
export const jobToken = (issuer: HostileIssuer, more: object = {}, header: object = {}): string =>
  issuer.token({ aud: FOR_KEYS, sub: MAIN, jti: randomUUID(), ...more }, { typ: 'JWT', ...header });

export const exchange = (service: TestService, token: string, more: object = {}): Promise<Answer> =>
  callPublic(service, 'keys.exchange', { token, ...more });

/** The key that an exchange gave. */
export function keyOfExchange({ status, text, json }: Answer): Credentials & { readonly apiKey: string } {
  if (status !== 200) throw new Error(`keys.exchange: ${text}`);
  const { key, secret, signingSecret } = json.result.data;
  return { id: key.id, apiKey: secret, signingSecret };
}
