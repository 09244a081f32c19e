import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { TextBlock } from '../ui/code/text-block.tsx';
import { CODE_LANGUAGES, LANGUAGE_NAMES, type SnippetLanguage, type Snippets } from './snippets.ts';

interface CallTabsProps {
  /** What the tabs show. */
  readonly label: string;
  readonly languages: readonly SnippetLanguage[];
  /** The one that is shown first, if it is not the first. */
  readonly first?: SnippetLanguage;
  readonly snippets: Snippets;
  /** Whether long lines scroll sideways instead of wrapping: the page around it has the style. */
  readonly scrolls?: boolean;
  /** The label of the call in a language. */
  readonly labelOf: (language: string) => string;
  /** Replaces the label above the call. */
  readonly above?: (language: SnippetLanguage) => ReactNode;
}

/** The same call in several languages, a tab for each. */
export function CallTabs({
  label,
  languages,
  first = languages[0],
  snippets,
  labelOf,
  above,
  scrolls = false,
}: CallTabsProps) {
  return (
    <Tabs defaultValue={first ?? null} keepMounted={false}>
      <Tabs.List aria-label={label}>
        {languages.map((language) => (
          <Tabs.Tab key={language} value={language}>
            {LANGUAGE_NAMES[language]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {languages.map((language) => (
        <Tabs.Panel key={language} value={language} pt="sm">
          <TextBlock
            label={labelOf(LANGUAGE_NAMES[language])}
            text={snippets[language]}
            scrolls={scrolls}
            above={above?.(language)}
            language={CODE_LANGUAGES[language]}
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
