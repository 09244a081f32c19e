import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { api, client, queryClient, SERVICE_URL } from '../api/service.ts';
import { defaultPermissions } from '../key-form/grantable.ts';
import { linesOf, newKeyFields } from '../key-form/key-fields.ts';
import { useKeyForm } from '../key-form/use-key-form.ts';
import { useMe } from '../session/me.ts';
import { PRESETS, type Preset, type WorkloadIssuer } from './presets.ts';
import {
  newTokenFields,
  type TokenFields,
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

/** The form that creates an exchange rule. @param onMade called once there is one */
export function useRuleForm(issuers: readonly WorkloadIssuer[], onMade: () => void) {
  const me = useMe();
  const place = `${SERVICE_URL}/${me.workspace.id}`;
  const [token, setToken] = useState(() => newTokenFields(issuers, place));
  const [wrong, setWrong] = useState<WrongTokenFields>([]);
  const [initial] = useState(() => ({
    ...newKeyFields(defaultPermissions(me)),
    environment: 'live' as const,
  }));
  const change = (fields: Partial<TokenFields>) => setToken({ ...token, ...fields });
  const choose = (preset: Preset) => {
    const issuer = issuers.find(({ issuer: url }) => PRESETS[preset].issuer.test(url));
    change({ subject: PRESETS[preset].subject, ...(issuer ? { issuer: issuer.name } : {}) });
  };
  const form = useKeyForm({
    initial,
    send: async ({ name, environment, permissions, addresses }) => {
      const faults = wrongTokenFields(token);
      setWrong(faults);
      if (faults.length > 0) return;
      const policy = { name: name.trim(), environment, permissions, allowedAddresses: linesOf(addresses) };
      try {
        await client.exchangeRules.create.mutate({ ...policy, ...tokenPartOf(token) });
        onMade();
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
