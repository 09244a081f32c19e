import { Text } from '@mantine/core';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import {
  procedureFor,
  SNIPPET_LANGUAGES,
  type Snippets,
  snippetsByPrivateKey,
  snippetsFor,
} from '../snippets/snippets.ts';
import { ErrorHelpText } from '../ui/feedback/error-help.tsx';
import { awaitedCallOf, type Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';

interface SnippetTabsProps {
  readonly revealed: Revealed;
  /** The same with masks, which is shown; undefined while the secrets are shown. */
  readonly masked: Revealed | undefined;
}

/** A first call with this key, in each language. */
export function SnippetTabs({ revealed, masked }: SnippetTabsProps) {
  const texts = useTexts(revealTexts);
  const run = revealed.signingSecret === null ? { ...texts.run, ...texts.runByPair } : texts.run;
  return (
    <CallTabs
      label={texts[awaitedCallOf(revealed)].title}
      languages={SNIPPET_LANGUAGES}
      snippets={firstCallOf(revealed)}
      masked={masked && { snippets: firstCallOf(masked), label: texts.hidden }}
      labelOf={texts.snippet}
      above={(language) => (
        <Text size="sm">
          <ErrorHelpText text={run[language]} />
        </Text>
      )}
    />
  );
}

function firstCallOf({ key, secret, signingSecret }: Revealed): Snippets {
  const procedure = procedureFor(key.permissions);
  if (signingSecret === null) return snippetsByPrivateKey(SERVICE_URL, procedure, key.signature.algorithm);
  return snippetsFor({ url: SERVICE_URL, apiKey: secret, signingSecret, procedure });
}
