import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { suggestAudience } from '../../shared/workload-audience.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { api, client, queryClient } from '../api/service.ts';
import { defaultPermissions } from '../key-form/grantable.ts';
import { type KeyFields, linesOf, newKeyFields } from '../key-form/key-fields.ts';
import { useKeyForm } from '../key-form/use-key-form.ts';
import { useMe } from '../session/me.ts';
import { PRESETS, type Preset, type WorkloadIssuer } from './presets.ts';
import type { Rule } from './rule.ts';
import {
  changedTokenPart,
  newTokenFields,
  type TokenFields,
  tokenFieldsOf,
  tokenPartOf,
  type WrongTokenFields,
  wrongTokenFields,
} from './token-fields.ts';

/** The fields that a refusal names, if all of them are fields of the token. */
function refusedTokenFields(error: unknown): WrongTokenFields {
  if (!(error instanceof KeysealRefusal) || error.reason !== 'INPUT_INVALID') return [];
  const paths = (error.details.issues ?? []).map(({ path }) => path.split('.')[0] ?? '');
  const fields = ['issuer', 'audience', 'subject', 'claims'] as const;
  return paths.every((path) => (fields as readonly string[]).includes(path))
    ? fields.filter((field) => paths.includes(field))
    : [];
}

/** The fields of a rule that a key has too. */
const keyFieldsOf = ({ name, environment, permissions, allowedAddresses }: Rule): KeyFields => ({
  ...newKeyFields([...permissions].sort()),
  name,
  environment,
  addresses: allowedAddresses.join('\n'),
});

/** The fields that differ from those of an existing rule, as input of `exchangeRules.update`. */
function changedKeyPart({ name, environment, permissions, addresses }: KeyFields, before: KeyFields) {
  const kept = (field: keyof KeyFields, value: unknown) =>
    JSON.stringify(before[field]) === JSON.stringify(value);
  return {
    ...(kept('name', name.trim()) ? {} : { name: name.trim() }),
    ...(kept('environment', environment) ? {} : { environment }),
    ...(kept('permissions', [...permissions].sort()) ? {} : { permissions }),
    ...(kept('addresses', addresses) ? {} : { allowedAddresses: linesOf(addresses) }),
  };
}

async function send(fields: KeyFields, token: TokenFields, rule: Rule | undefined): Promise<void> {
  if (!rule) {
    const { name, environment, permissions, addresses } = fields;
    const policy = { name: name.trim(), environment, permissions, allowedAddresses: linesOf(addresses) };
    await client.exchangeRules.create.mutate({ ...policy, ...tokenPartOf(token) });
    return;
  }
  const changes = { ...changedKeyPart(fields, keyFieldsOf(rule)), ...changedTokenPart(token, rule) };
  if (Object.keys(changes).length === 0) return;
  await client.exchangeRules.update.mutate({ id: rule.id, ...changes });
}

/**
 * The form that creates an exchange rule, or changes one.
 * @param rule the one to change; undefined for a new one
 * @param onDone called once the service has it
 */
export function useRuleForm(issuers: readonly WorkloadIssuer[], rule: Rule | undefined, onDone: () => void) {
  const me = useMe();
  const audience = suggestAudience(SERVICE_URL, me.workspace.id);
  const [token, setToken] = useState(() => (rule ? tokenFieldsOf(rule) : newTokenFields(issuers, audience)));
  const [wrong, setWrong] = useState<WrongTokenFields>([]);
  const [initial] = useState(() =>
    rule ? keyFieldsOf(rule) : { ...newKeyFields(defaultPermissions(me)), environment: 'live' as const },
  );
  const change = (fields: Partial<TokenFields>) => setToken({ ...token, ...fields });
  const choose = (preset: Preset) => {
    const issuer = issuers.find(({ issuer: url }) => PRESETS[preset].issuer.test(url));
    change({ subject: PRESETS[preset].subject, ...(issuer ? { issuer: issuer.name } : {}) });
  };
  const form = useKeyForm({
    initial,
    send: async (fields) => {
      const faults = wrongTokenFields(token);
      setWrong(faults);
      if (faults.length > 0) return;
      try {
        await send(fields, token, rule);
        onDone();
      } catch (error) {
        const refused = refusedTokenFields(error);
        if (refused.length === 0) throw error;
        setWrong(refused);
      } finally {
        void queryClient.invalidateQueries(api.exchangeRules.pathFilter());
      }
    },
  });
  return { ...form, token, wrong, change, choose };
}
