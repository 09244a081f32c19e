import { Alert, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { PublicKeyRegistration } from '../../../client/sessions/signing-pair.ts';
import { client } from '../../api/service.ts';
import { useSingleSubmit } from '../../key-actions/use-single-submit.ts';
import { useFormPair } from '../../key-form/made-pair.ts';
import { isIdempotencyMismatch } from '../../key-model/idempotency-mismatch.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { keyChanged } from '../../key-model/key-changed.ts';
import { keysTexts } from '../../key-model/texts.ts';
import { useTexts } from '../../language/language.ts';
import { RevealBody } from '../../reveal/reveal-body.tsx';
import { revealedOf, signerOf } from '../../reveal/revealed.ts';
import { revealTexts } from '../../reveal/texts.ts';
import { SecretModal } from '../../ui/feedback/secret-modal.tsx';
import { LeakForm, type Remedy } from './leak-form.tsx';
import { LeakNext } from './leak-next.tsx';
import { leakTexts } from './texts.ts';

interface LeakDialogProps {
  readonly apiKey: ConsoleKey;
  readonly onClose: () => void;
}

/** Ends a key that may have leaked: shows what it did, rotates or revokes it, and says what to do next. */
export function LeakDialog({ apiKey, onClose }: LeakDialogProps) {
  const texts = useTexts(leakTexts);
  const { leave } = useTexts(revealTexts);
  const { send, reset, data, error, isPending } = useRemedy(apiKey, texts.reason);
  const revealed = data?.made && revealedOf(data.made);
  const isLost = (data?.made && !revealed) || isIdempotencyMismatch(error);
  // New secrets are shown once: a stray key must not lose them.
  const close = () => isPending || onClose();
  return (
    <SecretModal
      opened
      question={revealed ? leave[signerOf(revealed)] : null}
      onClose={close}
      title={texts.title}
      size={revealed ? 'xl' : 'lg'}
      closeOnClickOutside={!data}
      closeOnEscape={!data}
    >
      <Stack>
        {!data && !isLost && (
          <>
            <Text className="theirs" dir="auto" fw={600}>
              {apiKey.name}
            </Text>
            <LeakForm apiKey={apiKey} error={error} onClose={close} onSend={send} isPending={isPending} />
          </>
        )}
        {isLost && <SecretsLost retry={reset} />}
        {data && !isLost && <LeakNext apiKey={apiKey} remedy={data.remedy} onClose={onClose} />}
        {revealed && <RevealBody revealed={revealed} onClose={onClose} />}
      </Stack>
    </SecretModal>
  );
}

/** Sends the chosen remedy once. The response has the new secrets of a rotation. */
function useRemedy({ id, signature }: ConsoleKey, reason: string) {
  const pair = useFormPair();
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const { reset, ...state } = useSingleSubmit(
    async (remedy: Remedy) => {
      if (remedy === 'revoke') {
        return { remedy, key: await client.keys.revoke.mutate({ id, reason }), made: null };
      }
      const rotate = (registration?: PublicKeyRegistration) =>
        client.keys.rotate.mutate({ id, graceSeconds: 0, idempotencyKey, ...registration });
      // A key that signs with a private key gets another one, which this page makes.
      const made = signature.thumbprint === null ? await rotate() : await pair.register(rotate);
      return { remedy, key: made.key, made };
    },
    ({ key }) => keyChanged(key),
  );
  const retry = () => {
    pair.forget();
    setIdempotencyKey(crypto.randomUUID());
    reset();
  };
  return { ...state, reset: retry };
}

/** The rotation took place, but the response with the secrets did not arrive. */
function SecretsLost({ retry }: { readonly retry: () => void }) {
  const { rotate: texts } = useTexts(keysTexts);
  return (
    <Alert color="yellow" role="alert" title={texts.lost}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{texts.lostMore}</Text>
        <Button onClick={retry}>{texts.again}</Button>
      </Stack>
    </Alert>
  );
}
