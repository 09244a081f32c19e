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

/** A first call with this key, in each language. */
export function SnippetTabs({ revealed }: { readonly revealed: Revealed }) {
  const texts = useTexts(revealTexts);
  const run = revealed.signingSecret === null ? { ...texts.run, ...texts.runByPair } : texts.run;
  return (
    <CallTabs
      label={texts[awaitedCallOf(revealed)].title}
      languages={SNIPPET_LANGUAGES}
      snippets={firstCallOf(revealed)}
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
