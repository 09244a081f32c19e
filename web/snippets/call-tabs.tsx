import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { type CallLanguage, LANGUAGE_NAMES } from '../../shared/snippets/call-snippets.ts';
import { TextBlock } from '../ui/code/text-block.tsx';

/** What each is written in. */
const CODE_LANGUAGES = {
  curl: 'bash',
  typescript: 'typescript',
  python: 'python',
  go: 'go',
  httpie: 'bash',
} as const satisfies Readonly<Record<CallLanguage, string>>;

interface CallTabsProps<Name extends CallLanguage> {
  /** What the tabs show. */
  readonly label: string;
  readonly languages: readonly Name[];
  /** The one that is shown first, if it is not the first. */
  readonly first?: Name;
  readonly snippets: Readonly<Record<Name, string>>;
  /** The same with masks, as they are shown, and what a mask is, in a word. */
  readonly masked?: { readonly snippets: Readonly<Record<Name, string>>; readonly label: string } | undefined;
  /** Whether long lines scroll sideways instead of wrapping: the page around it has the style. */
  readonly scrolls?: boolean;
  /** The label of the call in a language. */
  readonly labelOf: (language: string) => string;
  /** Replaces the label above the call. */
  readonly above?: (language: Name) => ReactNode;
}

/** The same call in several languages, a tab for each. */
export function CallTabs<Name extends CallLanguage>({
  label,
  languages,
  first = languages[0],
  snippets,
  masked,
  labelOf,
  above,
  scrolls = false,
}: CallTabsProps<Name>) {
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
            masked={masked && { text: masked.snippets[language], label: masked.label }}
            scrolls={scrolls}
            above={above?.(language)}
            language={CODE_LANGUAGES[language]}
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
