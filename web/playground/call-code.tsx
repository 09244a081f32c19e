import { Stack, Text, Title } from '@mantine/core';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import type { SignatureForm } from '../snippets/parts.ts';
import { SNIPPET_LANGUAGES, snippetsOf } from '../snippets/snippets.ts';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import type { Draft } from './breakages/breakages.ts';
import type { PlaygroundSigner } from './signers/signers.ts';
import { playgroundTexts } from './texts.ts';

interface CallCodeProps {
  /** The call, as the form has it now. */
  readonly draft: Draft;
  readonly signer: PlaygroundSigner;
  readonly form: SignatureForm;
}

/** Who signs in a program; a session signs nowhere but in its browser. */
const PROGRAM_SIGNERS = {
  key: { secrets: null, isForUser: false },
  keyForMe: { secrets: null, isForUser: true },
  nobody: null,
} as const;

/** The same call as a program. It reads the secrets from the environment, so that it can be passed on. */
export function CallCode({ draft, signer, form }: CallCodeProps) {
  const { code } = useTexts(playgroundTexts);
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h5">
        {code.title}
      </Title>
      <Text size="sm" c="dimmed">
        <ErrorHelpText text={code.hints[signer]} />
      </Text>
      {signer !== 'me' && (
        <CallTabs
          label={code.title}
          languages={SNIPPET_LANGUAGES}
          snippets={snippetsOf(SERVICE_URL, draft, PROGRAM_SIGNERS[signer], form)}
          labelOf={code.of}
        />
      )}
    </Stack>
  );
}
