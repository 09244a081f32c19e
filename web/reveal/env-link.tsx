import { Button, CopyButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import type { Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';

const privateKeyFile = (id: string): string => `keyseal-${id}.pem`;

function envOf({ key, secret, signingSecret, privateKey }: Revealed): string {
  const variables = {
    KEYSEAL_URL: SERVICE_URL,
    KEYSEAL_API_KEY: secret,
    KEYSEAL_SIGNING_SECRET: signingSecret,
    // In the folder from which the program starts.
    KEYSEAL_PRIVATE_KEY_FILE: privateKey === null ? null : privateKeyFile(key.id),
  };
  return Object.entries(variables)
    .map(([name, value]) => (value === null ? '' : `${name}=${value}\n`))
    .join('');
}

/** The key as a file of environment variables. */
export function EnvLink({ revealed }: { readonly revealed: Revealed }) {
  const { download } = useTexts(revealTexts);
  // Browsers rename a file that begins with a dot when they save it.
  return <FileLink text={envOf(revealed)} name="keyseal.env" label={download} />;
}

/** The same for the clipboard: every secret in one step. */
export function CopyEnv({ revealed }: { readonly revealed: Revealed }) {
  const { copyEnv, copied } = useTexts(revealTexts);
  return (
    <CopyButton value={envOf(revealed)} timeout={2000}>
      {(state) => (
        <Button variant="default" onClick={state.copy}>
          {state.copied ? copied : copyEnv}
        </Button>
      )}
    </CopyButton>
  );
}

/** The private key as a file in PEM. */
export function PrivateKeyLink({ id, privateKey }: { readonly id: string; readonly privateKey: string }) {
  const { downloadPrivateKey } = useTexts(revealTexts);
  return <FileLink text={privateKey} name={privateKeyFile(id)} label={downloadPrivateKey} />;
}

interface FileLinkProps {
  readonly text: string;
  /** Of the file. */
  readonly name: string;
  readonly label: string;
}

/** Saves a string as a file. The link's content exists only in this page, and only as long as the link. */
function FileLink({ text, name, label }: FileLinkProps) {
  const [href, setHref] = useState<string>();
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    setHref(url);
    return () => URL.revokeObjectURL(url);
  }, [text]);
  return (
    <Button component="a" href={href} download={name} variant="default">
      {label}
    </Button>
  );
}
