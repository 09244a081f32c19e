import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import { type SnippetLanguage, snippetsFor } from '../snippets/snippets.ts';
import { apiKeyOf, type ExampleKey } from './example-key.ts';
import { docsTexts } from './texts.ts';

interface ExampleTabsProps {
  readonly languages: readonly SnippetLanguage[];
  readonly exampleKey: ExampleKey;
}

/** A call to this service with a key's id, in the languages of a page. */
export function ExampleTabs({ languages, exampleKey }: ExampleTabsProps) {
  const { snippets, snippet } = useTexts(docsTexts);
  return (
    <CallTabs
      label={snippets}
      languages={languages}
      snippets={snippetsFor({ url: SERVICE_URL, apiKey: apiKeyOf(exampleKey), signingSecret: 'kss_…' })}
      labelOf={snippet}
    />
  );
}
