import { BASE_PATH, SERVICE_URL } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { LANGUAGE_NAMES, snippetsFor } from '../snippets/snippets.ts';
import { TextBlock } from '../ui/text-block.tsx';
import { apiKeyOf, type ExampleKey, withKey } from './example-key.ts';
import type { PagePart } from './markdown-page.ts';
import { securityTexts } from './texts.ts';

interface PartsProps {
  readonly parts: readonly PagePart[];
  readonly of: ExampleKey;
}

/** The text of a page, with calls to this service that use the id of a key. */
export function Parts({ parts, of }: PartsProps) {
  const { snippet } = useTexts(securityTexts);
  const snippets = snippetsFor({ url: SERVICE_URL, apiKey: apiKeyOf(of), signingSecret: 'kss_…' });
  return parts.map((part) =>
    'snippet' in part ? (
      <TextBlock
        key={part.snippet}
        label={snippet(LANGUAGE_NAMES[part.snippet])}
        text={snippets[part.snippet]}
      />
    ) : (
      // biome-ignore lint/security/noDangerouslySetInnerHtml: made of our own page when the console was built, without raw HTML; all that is put into it is an id of letters and digits.
      <div key={part.html} dangerouslySetInnerHTML={{ __html: withKey(withBasePath(part.html), of) }} />
    ),
  );
}

/** The page was built before its base path was known: its links begin at the root. */
const withBasePath = (html: string): string => html.replaceAll('href="/', `href="${BASE_PATH}/`);
