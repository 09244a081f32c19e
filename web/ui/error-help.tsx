import { Anchor, Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { docsPlaceOf } from '../../shared/docs-links.ts';
import type { ErrorHelp } from '../../shared/error-guide/error-help.ts';
import type { Language } from '../../shared/languages.ts';
import type { Reason } from '../../shared/refusals.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage } from '../language/language.ts';

/** Long texts, which load with the first refusal. */
const GUIDES = {
  en: () => import('../../shared/error-guide/en.ts').then(({ en }) => en.reasons),
  fr: () => import('../../shared/error-guide/fr.ts').then(({ fr }) => fr.reasons),
};

const lessonsQuery = (language: Language) => ({
  queryKey: ['lessons', language],
  queryFn: GUIDES[language],
  staleTime: Number.POSITIVE_INFINITY,
});

/** The explanation of a reason; undefined until it is loaded, and for a reason that this page does not know. */
export function useErrorHelp(reason: string | undefined): ErrorHelp | undefined {
  const { data } = useQuery({ ...lessonsQuery(useLanguage()), enabled: reason !== undefined });
  return data && reason !== undefined && Object.hasOwn(data, reason) ? data[reason as Reason] : undefined;
}

const PIECE = /`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

/** A paragraph of an explanation: Markdown with code and links to pages of the docs. */
export function ErrorHelpText({ text }: { readonly text: string }) {
  const pieces: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const [whole, code, words, target = ''] = match;
    pieces.push(text.slice(end, match.index));
    pieces.push(
      code !== undefined ? (
        <Code key={match.index}>{code}</Code>
      ) : (
        <Anchor key={match.index} href={`${BASE_PATH}/docs/${docsPlaceOf(target)}`}>
          {words}
        </Anchor>
      ),
    );
    end = match.index + whole.length;
  }
  return <>{[...pieces, text.slice(end)]}</>;
}
