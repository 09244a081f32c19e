import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { isMadePair } from '../key-form/made-pairs.ts';
import { fieldTexts } from '../key-form/texts.ts';
import { isIdempotencyMismatch } from '../key-model/idempotency-mismatch.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keyChanged } from '../key-model/key-changed.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { revealedOf } from '../reveal/revealed.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { KeyModal, KeyModalEnd, type KeyModalState } from './key-modal.tsx';
import { type PublicKeyChoice, PublicKeyField, refusedBy, usePublicKeyChoice } from './public-key-field.tsx';
import { Reveal } from './reveal-dialog.tsx';
import { SecretUsage } from './secret-usage.tsx';
import { useSingleSubmit } from './use-single-submit.ts';

/** The grace periods to choose from, in seconds. */
const GRACES = [0, 3_600, 86_400, 604_800, 2_592_000] as const;
const A_DAY = '86400';

/** Gives a key new secrets, and shows them once. */
export function RotateKey(state: KeyModalState) {
  const { rotate: texts } = useTexts(keysTexts);
  const { errors } = useTexts(fieldTexts);
  const { apiKey } = state;
  const choice = usePublicKeyChoice(signerOfKey(apiKey));
  const [grace, setGrace] = useState(A_DAY);
  const { send, retry, data, error, isPending } = useRotation(apiKey.id, choice);
  // Do not close while the new secrets are on their way: they are shown only once.
  const onClose = () => isPending || state.onClose();
  const revealed = data && revealedOf(data);
  if (revealed) return <Reveal revealed={revealed} onClose={state.onGone} />;
  return (
    <KeyModal {...state} onClose={onClose} title={texts.title}>
      {data || isIdempotencyMismatch(error) ? (
        <SecretsLost retry={retry} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (choice.check()) send(Number(grace));
          }}
        >
          <Stack>
            <Text>{texts.more}</Text>
            <SecretUsage apiKey={apiKey} />
            <Grace value={grace} onChange={setGrace} disabled={isOutcomeUnknown(error)} />
            <PublicKeyField choice={choice} error={error} disabled={isOutcomeUnknown(error)} />
            <Failed error={choice.signer === 'ownPair' && refusedBy(error, errors) !== null ? null : error} />
            <KeyModalEnd send={texts.send} isPending={isPending} onClose={onClose} />
          </Stack>
        </form>
      )}
    </KeyModal>
  );
}

/** What a key signs with, as far as this browser knows. */
function signerOfKey(apiKey: ConsoleKey) {
  if (apiKey.signature.thumbprint === null) return 'secret';
  return isMadePair(apiKey) ? 'madePair' : 'ownPair';
}

/** Rotates a key once, however often it is sent. The result has the private key if this page made the key pair. */
function useRotation(id: string, choice: PublicKeyChoice) {
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const { reset, ...rotation } = useSingleSubmit(
    (graceSeconds: number) =>
      choice.register((registration) =>
        client.keys.rotate.mutate({ id, graceSeconds, idempotencyKey, ...registration }),
      ),
    ({ key }) => keyChanged(key),
  );
  const retry = () => {
    setIdempotencyKey(crypto.randomUUID());
    choice.setText('');
    choice.pair.forget();
    reset();
  };
  return { ...rotation, retry };
}

interface GraceProps {
  readonly value: string;
  readonly onChange: (seconds: string) => void;
  readonly disabled: boolean;
}

/** How long the current secrets stay valid. */
function Grace({ value, onChange, disabled }: GraceProps) {
  const { rotate: texts } = useTexts(keysTexts);
  return (
    <Radio.Group label={texts.grace} value={value} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {GRACES.map((seconds) => (
          <Radio key={seconds} value={String(seconds)} label={texts.graces[seconds]} disabled={disabled} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Whether the outcome of a call is unknown: then it is sent again unchanged, and is carried out once. */
const isOutcomeUnknown = (error: unknown): boolean =>
  error !== null && !(error instanceof KeysealRefusal && error.details.httpStatus < 500);

/** An earlier attempt succeeded, but its response was lost. */
function SecretsLost({ retry }: { readonly retry: () => void }) {
  const { rotate: texts } = useTexts(keysTexts);
  return (
    <Alert color="yellow" role="alert" title={texts.lost}>
      <Stack gap="sm">
        <Text size="sm">{texts.lostMore}</Text>
        <Group>
          <Button onClick={retry}>{texts.again}</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
