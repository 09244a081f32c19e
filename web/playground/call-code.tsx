import { Stack, Text, Title } from '@mantine/core';
import { CALL_LANGUAGES, snippetsOf } from '../../shared/snippets/call-snippets.ts';
import type { SignatureForm, SnippetAlgorithm } from '../../shared/snippets/parts.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import type { Draft } from './breakages/breakages.ts';
import type { LoadedKey, PlaygroundSigner } from './signers/signers.ts';
import { useKey } from './signers/use-key.ts';
import { playgroundTexts } from './texts.ts';

interface CallCodeProps {
  /** The call, as the form has it now. */
  readonly draft: Draft;
  readonly signer: PlaygroundSigner;
  readonly form: SignatureForm;
  readonly loadedKey: LoadedKey | null;
  /** The key of the page that linked here. */
  readonly keyId: string | undefined;
}

/** Who signs in a program; a session signs nowhere but in its browser. */
const PROGRAM_SIGNERS = {
  key: { secrets: null, isForUser: false },
  keyForMe: { secrets: null, isForUser: true },
  me: null,
  nobody: null,
} as const;

/** How the key signs that is loaded here, or that the page is about. */
function useAlgorithm({ loadedKey, keyId }: Pick<CallCodeProps, 'loadedKey' | 'keyId'>): SnippetAlgorithm {
  const wanted = useKey(loadedKey ? undefined : keyId);
  if (loadedKey) return 'privateKey' in loadedKey ? loadedKey.algorithm : 'hmac-sha256';
  return wanted?.signature.algorithm ?? 'hmac-sha256';
}

/** The same call as a program. It reads the secrets from the environment, so that it can be passed on. */
export function CallCode({ draft, signer, form, ...keys }: CallCodeProps) {
  const { code } = useTexts(playgroundTexts);
  const algorithm = useAlgorithm(keys);
  const program = PROGRAM_SIGNERS[signer];
  const hints = algorithm === 'hmac-sha256' ? code.hints : code.privateKeyHints;
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h5">
        {code.title}
      </Title>
      <Text size="sm" c="dimmed">
        <ErrorHelpText text={hints[signer]} />
      </Text>
      {signer !== 'me' && (
        <CallTabs
          label={code.title}
          languages={CALL_LANGUAGES}
          snippets={snippetsOf(SERVICE_URL, draft, program && { ...program, algorithm }, form)}
          labelOf={code.of}
        />
      )}
    </Stack>
  );
}
