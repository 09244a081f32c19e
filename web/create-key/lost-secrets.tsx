import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { createTexts } from './texts.ts';
import type { Made } from './use-create.ts';

interface LostSecretsProps {
  readonly apiKey: ConsoleKey;
  readonly onMade: (made: Made) => void;
  readonly onClose: () => void;
}

/** A key whose secrets were never shown, because the response with them was lost. Offers new ones. */
export function LostSecrets({ apiKey: { id, name, signature }, onMade, onClose }: LostSecretsProps) {
  const texts = useTexts(createTexts);
  // Only its person has another public key for it: here a rotation would give it a signing secret.
  const isOwnKey = signature.thumbprint !== null;
  const [waits, setWaits] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const rotate = async () => {
    setWaits(true);
    setFailed(null);
    // No client has the old pair, so it ends at once. If this response is lost too, the rotation can be repeated.
    await client.keys.rotate.mutate({ id, graceSeconds: 0 }).then(onMade, setFailed);
    setWaits(false);
  };
  return (
    <Stack>
      <Text fw={600} className="theirs" dir="auto">
        {name}
      </Text>
      <Alert role="alert" color="yellow">
        {isOwnKey ? texts.lostOwnKey : texts.lost}
      </Alert>
      <Failed error={failed} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {texts.close}
        </Button>
        {!isOwnKey && (
          <Button onClick={() => void rotate()} loading={waits} data-autofocus>
            {texts.rotate}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
