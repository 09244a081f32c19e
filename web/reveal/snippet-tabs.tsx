import { Tabs, Text } from '@mantine/core';
import { SERVICE_URL } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { LANGUAGE_NAMES, procedureFor, SNIPPET_LANGUAGES, snippetsFor } from '../snippets/snippets.ts';
import { ErrorHelpText } from '../ui/error-help.tsx';
import { TextBlock } from '../ui/text-block.tsx';
import type { Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';

/** A first call with this key, in each language. */
export function SnippetTabs({ revealed: { key, secret, signingSecret } }: { readonly revealed: Revealed }) {
  const texts = useTexts(revealTexts);
  const procedure = procedureFor(key.permissions);
  const snippets = snippetsFor({ url: SERVICE_URL, apiKey: secret, signingSecret, procedure });
  return (
    <Tabs defaultValue="curl" keepMounted={false}>
      <Tabs.List aria-label={texts.firstCall}>
        {SNIPPET_LANGUAGES.map((language) => (
          <Tabs.Tab key={language} value={language}>
            {LANGUAGE_NAMES[language]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {SNIPPET_LANGUAGES.map((language) => (
        <Tabs.Panel key={language} value={language} pt="sm">
          <TextBlock
            label={texts.snippet(LANGUAGE_NAMES[language])}
            text={snippets[language]}
            above={
              <Text size="sm">
                <ErrorHelpText text={texts.run[language]} />
              </Text>
            }
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
