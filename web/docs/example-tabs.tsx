import { Tabs } from '@mantine/core';
import { SERVICE_URL } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { LANGUAGE_NAMES, type SnippetLanguage, snippetsFor } from '../snippets/snippets.ts';
import { TextBlock } from '../ui/text-block.tsx';
import { apiKeyOf, type ExampleKey } from './example-key.ts';
import { docsTexts } from './texts.ts';

interface ExampleTabsProps {
  readonly languages: readonly SnippetLanguage[];
  readonly of: ExampleKey;
}

/** The same call to this service in several languages, a tab for each. */
export function ExampleTabs({ languages, of }: ExampleTabsProps) {
  const { snippet } = useTexts(docsTexts);
  const snippets = snippetsFor({ url: SERVICE_URL, apiKey: apiKeyOf(of), signingSecret: 'kss_…' });
  return (
    <Tabs defaultValue={languages[0] ?? null}>
      <Tabs.List>
        {languages.map((language) => (
          <Tabs.Tab key={language} value={language}>
            {LANGUAGE_NAMES[language]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {languages.map((language) => (
        <Tabs.Panel key={language} value={language} pt="sm">
          <TextBlock label={snippet(LANGUAGE_NAMES[language])} text={snippets[language]} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
