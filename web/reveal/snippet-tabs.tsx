import { Text } from '@mantine/core';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import { procedureFor, SNIPPET_LANGUAGES, snippetsFor } from '../snippets/snippets.ts';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import type { Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';

interface SnippetTabsProps {
  readonly revealed: Pick<Revealed, 'key' | 'secret'>;
  readonly signingSecret: string;
}

/** A first call with this key, in each language. */
export function SnippetTabs({ revealed: { key, secret }, signingSecret }: SnippetTabsProps) {
  const texts = useTexts(revealTexts);
  const procedure = procedureFor(key.permissions);
  return (
    <CallTabs
      label={texts.firstCall}
      languages={SNIPPET_LANGUAGES}
      snippets={snippetsFor({ url: SERVICE_URL, apiKey: secret, signingSecret, procedure })}
      labelOf={texts.snippet}
      above={(language) => (
        <Text size="sm">
          <ErrorHelpText text={texts.run[language]} />
        </Text>
      )}
    />
  );
}
