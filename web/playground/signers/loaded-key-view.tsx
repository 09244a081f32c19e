import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { idOf } from '../../../client/signing/credentials.ts';
import { covers } from '../../../shared/permissions.ts';
import { useTexts } from '../../language/language.ts';
import type { Procedure } from '../procedures.ts';
import { shortenCredential } from '../response/mask-header.ts';
import { playgroundTexts } from '../texts.ts';
import type { LoadedKey } from './signers.ts';
import { useKey } from './use-key.ts';

interface LoadedKeyViewProps {
  readonly loadedKey: LoadedKey;
  readonly keyId: string | undefined;
  readonly procedure: Procedure;
  readonly onForget: () => void;
}

/** The key that signs, and whether the procedure will accept it. */
export function LoadedKeyView({ loadedKey, keyId, procedure: { permission }, onForget }: LoadedKeyViewProps) {
  const texts = useTexts(playgroundTexts);
  const id = idOf(loadedKey);
  const key = useKey(id);
  const lacksPermission = key && permission !== null && !covers(key.permissions, permission);
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Text size="sm">
          {texts.holds} <Code>{shortenCredential(loadedKey.apiKey)}</Code>
        </Text>
        {key && (
          <Text size="sm" className="theirs" dir="auto">
            {key.name}
          </Text>
        )}
        <Button variant="default" size="xs" onClick={onForget}>
          {texts.forgetKey}
        </Button>
      </Group>
      {keyId !== undefined && keyId !== id && <Alert color="yellow">{texts.otherKey}</Alert>}
      {lacksPermission && <Alert color="yellow">{texts.lacks}</Alert>}
    </Stack>
  );
}
