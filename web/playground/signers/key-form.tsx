import { Button, Code, PasswordInput, Stack, Text } from '@mantine/core';
import { type ClipboardEvent, type FormEvent, useState } from 'react';
import { importKey } from '../../../client/signing/web-hashes.ts';
import { findKeyText } from '../../../shared/key-format.ts';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import type { LoadedKey } from './signers.ts';
import { useKey } from './use-key.ts';

const SIGNING_SECRET = /\bkss_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/;

interface KeyFormProps {
  readonly keyId: string | undefined;
  readonly onLoadKey: (key: LoadedKey) => void;
  readonly isMissing: boolean;
}

const EMPTY_SECRETS = { apiKey: '', signingSecret: '' };
type Secrets = typeof EMPTY_SECRETS;

/** Takes a key and its signing secret, which from then on can sign but cannot be read. */
export function KeyForm({ keyId, onLoadKey, isMissing }: KeyFormProps) {
  const texts = useTexts(playgroundTexts);
  const [secrets, setSecrets] = useState(EMPTY_SECRETS);
  const [wrong, setWrong] = useState<Partial<Record<keyof Secrets, boolean>>>({});
  const paste = (event: ClipboardEvent) => {
    const pasted = secretsIn(event.clipboardData.getData('text'));
    if (!pasted) return;
    event.preventDefault();
    setSecrets(pasted);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const [apiKey, signingSecret] = [secrets.apiKey.trim(), secrets.signingSecret.trim()];
    const found = findMalformed({ apiKey, signingSecret });
    setWrong(found);
    if (!found.apiKey && !found.signingSecret)
      onLoadKey({ apiKey, signingSecret: await importKey(signingSecret) });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate autoComplete="off">
      <Stack gap="sm">
        {keyId !== undefined && <WantedKey id={keyId} />}
        {(['apiKey', 'signingSecret'] as const).map((name) => (
          <SecretField
            key={name}
            label={texts[name]}
            value={secrets[name]}
            onChange={(value) => setSecrets({ ...secrets, [name]: value })}
            onPaste={paste}
            error={wrong[name] ? texts.errors[name] : undefined}
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

/** The key that the page needs, with its name if the person may see it. */
function WantedKey({ id }: { readonly id: string }) {
  const { wantedKey } = useTexts(playgroundTexts);
  const key = useKey(id);
  return (
    <Text size="sm">
      {wantedKey} <Code>{id}</Code>{' '}
      {key && (
        <span className="theirs" dir="auto">
          {key.name}
        </span>
      )}
    </Text>
  );
}

interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly error: string | undefined;
}

/** A field that neither the browser nor a password manager keeps. */
function SecretField({ onChange, ...props }: SecretFieldProps) {
  const { show } = useTexts(playgroundTexts);
  return (
    <PasswordInput
      {...props}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      data-1p-ignore
      data-lpignore="true"
      visibilityToggleButtonProps={{ 'aria-label': show, tabIndex: 0, 'aria-hidden': false }}
    />
  );
}

/** A key and its signing secret in one text, as the console copies them; null unless it has both. */
function secretsIn(text: string): Secrets | null {
  const apiKey = findKeyText(text);
  const [signingSecret] = SIGNING_SECRET.exec(text) ?? [];
  return apiKey && signingSecret ? { apiKey, signingSecret } : null;
}

function findMalformed({ apiKey, signingSecret }: Secrets): Record<keyof Secrets, boolean> {
  return {
    apiKey: findKeyText(apiKey) !== apiKey,
    signingSecret: SIGNING_SECRET.exec(signingSecret)?.[0] !== signingSecret,
  };
}
