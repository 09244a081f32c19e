import { BASE_PATH } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';
import { type ExampleKey, withKey } from './example-key.ts';
import { ExampleTabs } from './example-tabs.tsx';
import { COPY_BUTTON, type PagePart } from './markdown-page.ts';

interface PartsProps {
  readonly parts: readonly PagePart[];
  readonly exampleKey: ExampleKey;
}

/** The text of a page, with calls to this service that use the id of a key. */
export function Parts({ parts, exampleKey }: PartsProps) {
  const { copy } = useTexts(shellTexts);
  const htmlOf = (html: string) =>
    withKey(withBasePath(html).replaceAll(COPY_BUTTON, buttonNamed(copy)), exampleKey);
  return parts.map((part) =>
    'snippets' in part ? (
      <ExampleTabs
        key={part.snippets.map(({ anchor }) => anchor).join()}
        examples={part.snippets}
        exampleKey={exampleKey}
      />
    ) : (
      // biome-ignore lint/security/noDangerouslySetInnerHtml: made of our own page when the console was built, without raw HTML; all that is put into it is a prefix and an id, of letters and digits.
      <div key={part.html} dangerouslySetInnerHTML={{ __html: htmlOf(part.html) }} />
    ),
  );
}

const buttonNamed = (name: string) => `<button type="button" data-copy>${name}</button>`;

/** The page was built before its base path was known: its links begin at the root. */
const withBasePath = (html: string): string => html.replaceAll('href="/', `href="${BASE_PATH}/`);
