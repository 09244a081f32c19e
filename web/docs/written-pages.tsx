import { Anchor } from '@mantine/core';
import type { DocsGroup } from '../../shared/docs-pages.ts';
import { API_PAGE, REFUSALS_PAGE } from '../../shared/refusal-form.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { docsTexts } from './texts.ts';

/** The pages that the service itself writes, by their group: their text is in the docs of the console. */
const WRITTEN = { sign: [REFUSALS_PAGE, 'refusals'], build: [API_PAGE, 'api'] } as const;

interface WrittenPagesProps {
  readonly group: DocsGroup;
  readonly size?: 'sm';
}

/** An item of a list, with a link to the page of a group that the service writes; nothing if the group has none. */
export function WrittenPages({ group, size }: WrittenPagesProps) {
  const texts = useTexts(docsTexts);
  const language = useLanguage();
  if (group !== 'sign' && group !== 'build') return null;
  const [path, name] = WRITTEN[group];
  return (
    <li>
      <Anchor {...(size && { size })} href={`${BASE_PATH}${path}?lang=${language}`}>
        {texts[name]}
      </Anchor>
    </li>
  );
}
