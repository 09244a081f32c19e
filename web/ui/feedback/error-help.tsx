import { Anchor, Code } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { docsPlaceOf } from '../../../shared/docs-links.ts';
import type { ErrorHelp } from '../../../shared/error-guide/error-help.ts';
import type { Language } from '../../../shared/languages.ts';
import { REFUSALS_PAGE } from '../../../shared/refusal-form.ts';
import type { Reason } from '../../../shared/refusals.ts';
import { BASE_PATH } from '../../api/browser-session.ts';
import { useLanguage } from '../../language/language.ts';

type ErrorGuide = Readonly<Record<Reason, ErrorHelp>>;

/** Long explanations, which load with the first refusal. */
const GUIDES: Readonly<Record<Language, () => Promise<ErrorGuide>>> = {
  en: () => import('../../../shared/error-guide/en.ts').then(({ en }) => en.reasons),
  fr: () => import('../../../shared/error-guide/fr.ts').then(({ fr }) => fr.reasons),
};

/** Those that are loaded. */
const guides = new Map<Language, ErrorGuide>();

/** The explanation of a reason; undefined until it is loaded, and for a reason that this page does not know. */
export function useErrorHelp(reason: string | undefined): ErrorHelp | undefined {
  const language = useLanguage();
  const [, setLoaded] = useState<Language | null>(null);
  const isNeeded = reason !== undefined && !guides.has(language);
  useEffect(() => {
    if (!isNeeded) return;
    let isOver = false;
    const load = async () => {
      guides.set(language, await GUIDES[language]());
      if (!isOver) setLoaded(language);
    };
    // Without the guide, the page shows what the service says.
    void load().catch(() => {});
    return () => {
      isOver = true;
    };
  }, [isNeeded, language]);
  const guide = guides.get(language);
  return guide && reason !== undefined && Object.hasOwn(guide, reason) ? guide[reason as Reason] : undefined;
}

/** The URL of a reason in the error reference, which the service writes, in the reader's language. */
export const useReferenceOf = (reason: string): string =>
  `${BASE_PATH}${REFUSALS_PAGE}?lang=${useLanguage()}#${reason}`;

const PIECE = /`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

interface ErrorHelpTextProps {
  readonly text: string;
  /** Whether links open in a new tab, because this page shows what it cannot show again. */
  readonly staysHere?: boolean;
}

/** A paragraph of an explanation: Markdown with code and links to pages of the docs. */
export function ErrorHelpText({ text, staysHere = false }: ErrorHelpTextProps) {
  const pieces: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const [whole, code, words, target = ''] = match;
    pieces.push(text.slice(end, match.index));
    pieces.push(
      code !== undefined ? (
        <Code key={match.index}>{code}</Code>
      ) : (
        <Anchor
          key={match.index}
          href={`${BASE_PATH}/docs/${docsPlaceOf(target)}`}
          target={staysHere ? '_blank' : undefined}
        >
          {words}
        </Anchor>
      ),
    );
    end = match.index + whole.length;
  }
  return <>{[...pieces, text.slice(end)]}</>;
}
