import { useLocation } from '@tanstack/react-router';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CallTabs } from '../snippets/call-tabs.tsx';
import { snippetsFor } from '../snippets/snippets.ts';
import { apiKeyOf, type ExampleKey } from './example-key.ts';
import type { PageSnippet } from './markdown-page.ts';
import { docsTexts } from './texts.ts';

interface ExampleTabsProps {
  readonly examples: readonly PageSnippet[];
  readonly exampleKey: ExampleKey;
}

/** A call to this service with a key's id, in the languages of a page. It opens at the language that the URL names. */
export function ExampleTabs({ examples, exampleKey }: ExampleTabsProps) {
  const { snippets, snippet } = useTexts(docsTexts);
  const hash = useLocation({ select: (location) => location.hash });
  const first = examples.find(({ anchor }) => anchor === hash)?.language;
  return (
    <>
      {examples.map(({ anchor }) => (
        <span key={anchor} id={anchor} data-anchor />
      ))}
      <CallTabs
        key={first}
        {...(first && { first })}
        label={snippets}
        languages={examples.map(({ language }) => language)}
        snippets={snippetsFor({ url: SERVICE_URL, apiKey: apiKeyOf(exampleKey), signingSecret: 'kss_…' })}
        labelOf={snippet}
        scrolls
      />
    </>
  );
}
