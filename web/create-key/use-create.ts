import { useRef, useState } from 'react';
import type { PublicKeyRegistration } from '../../client/sessions/signing-pair.ts';
import { api, client, queryClient } from '../api/service.ts';
import { defaultPermissions } from '../key-form/grantable.ts';
import { newKeyFields } from '../key-form/key-fields.ts';
import { newKeyOf } from '../key-form/key-policy.ts';
import { type MadePair, useFormPair } from '../key-form/made-pair.ts';
import { useKeyForm } from '../key-form/use-key-form.ts';
import { isIdempotencyMismatch } from '../key-model/idempotency-mismatch.ts';
import { useMe } from '../session/me.ts';

/** The response of `keys.create`. Both secrets are null if an earlier call created the key. */
type Created = Awaited<ReturnType<typeof client.keys.create.mutate>>;
/** The same, with the private key that this page made. */
export type Made = Created & Partial<Pick<MadePair, 'privateKey'>>;

/** Fields that are collapsed at first. */
const FOLDED = /^(expiry|limits|credits|addresses|externalId|authorities|metadata|signer|publicKey)/;

/** Makes a call whose response has secrets, and shows them. It throws what the call throws. */
export type RevealCall = (call: () => Promise<Made>) => Promise<void>;

/** The form that creates one key, however often it is sent. */
export function useCreate(reveal: RevealCall) {
  const me = useMe();
  const [initial] = useState(() => newKeyFields(defaultPermissions(me)));
  const [opened, setOpened] = useState(false);
  const idempotencyKey = useRef<string>(undefined);
  const pair = useFormPair();
  const { failed, ...form } = useKeyForm({
    initial,
    onWrong: (paths) => paths.some((path) => FOLDED.test(path)) && setOpened(true),
    send: async (fields) => {
      idempotencyKey.current ??= crypto.randomUUID();
      const policy = { ...newKeyOf(fields, new Date()), idempotencyKey: idempotencyKey.current };
      // Calls the client directly: a query library would keep the response, and with it the secrets.
      const create = (registration?: PublicKeyRegistration) =>
        client.keys.create.mutate({ ...policy, ...registration });
      try {
        await reveal(() => (fields.signer === 'madePair' ? pair.register(create) : create()));
      } catch (error) {
        if (isIdempotencyMismatch(error)) idempotencyKey.current = undefined;
        throw error;
      } finally {
        void queryClient.invalidateQueries(api.keys.pathFilter());
      }
    },
  });
  return { ...form, failed, madeOther: isIdempotencyMismatch(failed), opened, setOpened };
}
