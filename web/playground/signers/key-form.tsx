import { Button, Code, SegmentedControl, Stack, Text } from '@mantine/core';
import { type ClipboardEvent, type FormEvent, useImperativeHandle, useState } from 'react';
import { importKey } from '../../../client/signing/web-hashes.ts';
import { findKeyText, keyIdIn } from '../../../shared/key-format.ts';
import { client } from '../../api/service.ts';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { type ImportedKey, importPrivateKey, type KeyFault } from './private-key.ts';
import { PrivateKeyField } from './private-key-field.tsx';
import { SecretField } from './secret-field.tsx';
import type { LoadedKey, TypedKey, TypedLoad } from './signers.ts';
import { useKey } from './use-key.ts';

const SIGNING_SECRET = /\bkss_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/;
const IS_PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

interface KeyFormProps {
  readonly keyId: string | undefined;
  readonly onLoadKey: (key: LoadedKey) => void;
  readonly isMissing: boolean;
  /** Set to what loads the key that is typed in. */
  readonly typedKey: TypedKey;
}

/** What signs for a key. */
const SIGNING_KEYS = ['signingSecret', 'privateKey'] as const;
type SigningKey = (typeof SIGNING_KEYS)[number];

const EMPTY_SECRETS = { apiKey: '', signingSecret: '', privateKey: '' };
type Secrets = typeof EMPTY_SECRETS;
/** What is wrong with each, as the name of a message. */
type Wrong = Partial<Record<keyof Secrets, keyof Secrets | KeyFault>>;

/** Loads a key with its signing secret or its private key, which can then sign but cannot be read. */
export function KeyForm({ keyId, onLoadKey, isMissing, typedKey }: KeyFormProps) {
  const texts = useTexts(playgroundTexts);
  const { secrets, wrong, signingKey, choose, change, paste, load } = useSecrets(keyId, onLoadKey);
  const isEmpty = secrets.apiKey.trim() === '' && secrets[signingKey].trim() === '';
  useImperativeHandle<TypedLoad, TypedLoad>(typedKey, () => (isEmpty ? null : load));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void load();
  };
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="sm">
        {keyId !== undefined && <WantedKey id={keyId} />}
        <SecretField
          label={texts.apiKey}
          value={secrets.apiKey}
          onPaste={paste}
          onChange={(apiKey) => change({ apiKey })}
          error={wrong.apiKey && texts.errors[wrong.apiKey]}
        />
        <SegmentedControl
          aria-label={texts.signsWith}
          size="xs"
          w="fit-content"
          value={signingKey}
          data={SIGNING_KEYS.map((value) => ({ value, label: texts.signingKeys[value] }))}
          onChange={(chosen) => choose(chosen as SigningKey)}
        />
        <SigningKeyField
          secrets={secrets}
          wrong={wrong}
          signingKey={signingKey}
          paste={paste}
          change={change}
        />
        <Text size="xs" c="dimmed">
          {texts.keyHints[signingKey]} {signingKey === 'signingSecret' && texts.pasteBoth}
        </Text>
        {isMissing && <MissingKey />}
        <Button type="submit" variant="default" w="fit-content">
          {texts.useKey}
        </Button>
      </Stack>
    </form>
  );
}

type SigningKeyFieldProps = Pick<
  ReturnType<typeof useSecrets>,
  'secrets' | 'wrong' | 'signingKey' | 'paste' | 'change'
>;

/** The field of the signing secret or of the private key, whichever signs. */
function SigningKeyField({ secrets, wrong, signingKey, paste, change }: SigningKeyFieldProps) {
  const { errors, signingSecret: label } = useTexts(playgroundTexts);
  return signingKey === 'privateKey' ? (
    <PrivateKeyField
      value={secrets.privateKey}
      onPaste={paste}
      onChange={(privateKey) => change({ privateKey })}
      error={wrong.privateKey && errors[wrong.privateKey]}
    />
  ) : (
    <SecretField
      label={label}
      value={secrets.signingSecret}
      onPaste={paste}
      onChange={(signingSecret) => change({ signingSecret })}
      error={wrong.signingSecret && errors[wrong.signingSecret]}
    />
  );
}

function MissingKey() {
  const { errors } = useTexts(playgroundTexts);
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {errors.noKey}
    </Text>
  );
}

/** The state of the form: what was typed, what of it is wrong, and which of the two signs. */
function useSecrets(keyId: string | undefined, onLoadKey: (key: LoadedKey) => void) {
  const [secrets, setSecrets] = useState(EMPTY_SECRETS);
  const [wrong, setWrong] = useState<Wrong>({});
  const [chosen, choose] = useState<SigningKey>();
  const wanted = useKey(keyId);
  const signingKey =
    chosen ?? (wanted && wanted.signature.thumbprint !== null ? 'privateKey' : 'signingSecret');
  const change = (more: Partial<Secrets>) => setSecrets({ ...secrets, ...more });
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    const pasted = secretsIn(text);
    if (!pasted) return;
    event.preventDefault();
    change(pasted);
    choose('privateKey' in pasted ? 'privateKey' : 'signingSecret');
  };
  const load = async (): Promise<LoadedKey | null> => {
    const apiKey = secrets.apiKey.trim();
    const id = keyIdIn(apiKey);
    const imported = await IMPORTS[signingKey](secrets[signingKey].trim(), id);
    const isImported = typeof imported === 'object';
    setWrong({
      ...(id === null ? { apiKey: 'apiKey' } : {}),
      ...(isImported ? {} : { [signingKey]: imported }),
    });
    if (id === null || !isImported) return null;
    const key = { apiKey, ...imported };
    onLoadKey(key);
    return key;
  };
  return { secrets, wrong, signingKey, choose, change, paste, load };
}

type ImportedSigner = { readonly signingSecret: CryptoKey } | ImportedKey;

/** Imports what signs, or says what is wrong with it. */
const IMPORTS: Readonly<
  Record<
    SigningKey,
    (text: string, keyId: string | null) => Promise<ImportedSigner | 'signingSecret' | KeyFault>
  >
> = {
  signingSecret: async (text) =>
    SIGNING_SECRET.exec(text)?.[0] === text ? { signingSecret: await importKey(text) } : 'signingSecret',
  privateKey: async (text, keyId) =>
    importPrivateKey(text, keyId === null ? undefined : await registeredFor(keyId)),
};

/** How a key signs; undefined if the reader may not see it. */
const registeredFor = (id: string) =>
  client.keys.get.query({ id }).then(
    ({ signature: { algorithm } }) => (algorithm === 'hmac-sha256' ? undefined : algorithm),
    () => undefined,
  );

/** The key that the page needs, with its name if the user may see it. */
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

/** A private key in PEM, or a key and its signing secret in one string, as the console copies them; null unless it has both. */
function secretsIn(text: string): Partial<Secrets> | null {
  if (IS_PEM.test(text)) return { privateKey: text };
  const apiKey = findKeyText(text);
  const [signingSecret] = SIGNING_SECRET.exec(text) ?? [];
  return apiKey && signingSecret ? { apiKey, signingSecret } : null;
}
