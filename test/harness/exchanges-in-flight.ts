import { describe, expect, it } from 'vitest';
import { blockTransactions } from './blocked-transactions.ts';
import type { HostileIssuer } from './hostile-issuer.ts';
import { mutate, type Person, query, signUp } from './people.ts';
import type { Places } from './revocation-cases.ts';
import type { TestService } from './service.ts';
import type { Answer } from './wire.ts';
import { createRule, exchange, jobToken } from './workloads.ts';

type End = (at: TestService, owner: Person, rule: string) => Promise<Answer>;

const update =
  (more: object): End =>
  (at, owner, id) =>
    mutate(at, owner, 'exchangeRules.update', { id, ...more });

/** What takes from a rule the right to give a key to a job. */
const ENDS: readonly [string, End][] = [
  ['is deleted', (at, owner, id) => mutate(at, owner, 'exchangeRules.delete', { id })],
  ['is disabled', update({ enabled: false })],
  ['has another subject', update({ subject: 'repo:acme/other' })],
  ['has another audience', update({ audience: `https://other-${process.pid}.example.com` })],
  ['asks for another claim', update({ claims: { environment: 'production' } })],
  ['has other addresses', update({ allowedAddresses: ['192.0.2.0/24'] })],
  [
    'loses its workspace',
    async (at, owner) => {
      const { name } = (await query(at, owner, 'workspaces.get')).json.result.data;
      return mutate(at, owner, 'workspaces.delete', { name });
    },
  ],
];

let audiences = 0;

/** Guarantee 11: a rule that changed before the answer gives no key that it would not give now. */
export function testExchangesInFlight(places: () => Places, issuer: () => HostileIssuer): void {
  const held = async (end: End): Promise<{ readonly answer: Answer; readonly token: string }> => {
    const { here, there } = places();
    const owner = await signUp(here);
    const audience = `https://in-flight-${process.pid}-${++audiences}.example.com`;
    const rule = await createRule(here, owner, { audience, permissions: ['exemple:read', 'echo:write'] });
    const token = jobToken(issuer(), { aud: audience });
    const blocked = blockTransactions(there, 1);
    const exchanged = exchange(there, token);
    await blocked.arrived;
    const ended = await end(here, owner, rule);
    blocked.release();
    expect(ended.status, ended.text).toBe(200);
    return { answer: await exchanged, token };
  };

  describe('S8: a token that is being exchanged', () => {
    it.each(ENDS)('gives no key if its rule %s', async (_, end) => {
      const { answer, token } = await held(end);
      expect(answer.reason).toBe('EXCHANGE_DENIED');
      expect(answer.text).not.toMatch(/ks_live_|kss_/);
      expect((await exchange(places().here, token)).reason).toBe('EXCHANGE_DENIED');
    });

    it('gives a key with what the rule says now', async () => {
      const { answer } = await held(update({ permissions: ['exemple:read'], lifetimeSeconds: 60 }));
      const { key } = answer.json.result.data;
      expect(key.permissions).toEqual(['exemple:read']);
      expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBe(60_000);
    });

    it('gives a key if nothing changes', async () => {
      const { answer } = await held((at, owner) => query(at, owner, 'whoami'));
      expect(answer.status).toBe(200);
    });
  });
}
