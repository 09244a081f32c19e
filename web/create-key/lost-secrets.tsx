import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { PublicKeyRegistration } from '../../client/sessions/signing-pair.ts';
import { client } from '../api/service.ts';
import { useFormPair } from '../key-form/made-pair.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { createTexts } from './texts.ts';
import type { Made, RevealCall } from './use-create.ts';

interface LostSecretsProps {
  readonly made: Made;
  readonly reveal: RevealCall;
  readonly onClose: () => void;
}

/**
 * A key whose secrets were never shown, because the response with them was lost. Offers new ones, unless the user has the private
 * key: then only they have another one.
 */
export function LostSecrets({ made, reveal, onClose }: LostSecretsProps) {
  const { id, name } = made.key;
  const texts = useTexts(createTexts);
  // `signingSecret` is null for every key here: the thumbprint tells which kind it is.
  const pairOf = made.privateKey === undefined ? 'ownPair' : 'madePair';
  const signer = made.key.signature.thumbprint === null ? 'secret' : pairOf;
  const pair = useFormPair();
  const [isPending, setIsPending] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const rotateKey = (registration?: PublicKeyRegistration): Promise<Made> =>
    client.keys.rotate.mutate({ id, graceSeconds: 0, ...registration });
  const rotateWithNewPair = () => {
    // The service accepts the proof of a key pair once.
    pair.forget();
    return pair.register(rotateKey);
  };
  const rotate = async () => {
    setIsPending(true);
    setFailed(null);
    // No client has the old secrets, so they end at once. If this response is lost too, the rotation can be repeated.
    await reveal(signer === 'madePair' ? rotateWithNewPair : rotateKey).catch(setFailed);
    setIsPending(false);
  };
  return (
    <Stack>
      <Text fw={600} className="theirs" dir="auto">
        {name}
      </Text>
      <Alert role="alert" color="yellow">
        {texts.lost[signer]}
      </Alert>
      <Failed error={failed} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {texts.close}
        </Button>
        {signer !== 'ownPair' && (
          <Button onClick={() => void rotate()} loading={isPending} data-autofocus>
            {texts.rotate[signer]}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
