import { Button, Code, PasswordInput, Stack, Text } from '@mantine/core';
import { type ClipboardEvent, type FormEvent, useState } from 'react';
import { importKey } from '../../client/web-hashes.ts';
import { findKeyText } from '../../shared/key-format.ts';
import { useTexts } from '../language/language.ts';
import type { HeldKey } from './signers.ts';
import { playgroundTexts } from './texts.ts';
import { useKey } from './use-key.ts';

const SIGNING_SECRET = /\bkss_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/;

interface KeyFormProps {
  readonly keyId: string | undefined;
  readonly onHold: (key: HeldKey) => void;
  readonly isMissing: boolean;
}

const NOTHING = { apiKey: '', signingSecret: '' };
type Secrets = typeof NOTHING;

/** Takes a key and its signing secret, which from then on can sign but cannot be read. */
export function KeyForm({ keyId, onHold, isMissing }: KeyFormProps) {
  const texts = useTexts(playgroundTexts);
  const [secrets, setSecrets] = useState(NOTHING);
  const [wrong, setWrong] = useState<Partial<Record<keyof Secrets, boolean>>>({});
  const key = useKey(keyId);
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    const apiKey = findKeyText(text);
    const [signingSecret] = SIGNING_SECRET.exec(text) ?? [];
    if (!apiKey || !signingSecret) return;
    event.preventDefault();
    setSecrets({ apiKey, signingSecret });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const [apiKey, signingSecret] = [secrets.apiKey.trim(), secrets.signingSecret.trim()];
    const found = {
      apiKey: findKeyText(apiKey) !== apiKey,
      signingSecret: SIGNING_SECRET.exec(signingSecret)?.[0] !== signingSecret,
    };
    setWrong(found);
    if (!found.apiKey && !found.signingSecret) {
      onHold({ apiKey, signingSecret: await importKey(signingSecret) });
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate autoComplete="off">
      <Stack gap="sm">
        {keyId !== undefined && (
          <Text size="sm">
            {texts.wantedKey} <Code>{keyId}</Code>{' '}
            {key && (
              <span className="theirs" dir="auto">
                {key.name}
              </span>
            )}
          </Text>
        )}
        {(['apiKey', 'signingSecret'] as const).map((name) => (
          <PasswordInput
            key={name}
            label={texts[name]}
            value={secrets[name]}
            onChange={({ currentTarget }) => setSecrets({ ...secrets, [name]: currentTarget.value })}
            onPaste={paste}
            error={wrong[name] ? texts.errors[name] : undefined}
            autoComplete="off"
            spellCheck={false}
            data-1p-ignore
            data-lpignore="true"
            visibilityToggleButtonProps={{ 'aria-label': texts.show, tabIndex: 0, 'aria-hidden': false }}
          />
        ))}
        <Text size="xs" c="dimmed">
          {texts.keyHint} {texts.pasteBoth}
        </Text>
        {isMissing && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {texts.errors.noKey}
          </Text>
        )}
        <Button type="submit" variant="default" w="fit-content">
          {texts.useKey}
        </Button>
      </Stack>
    </form>
  );
}
