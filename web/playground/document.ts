import { useQuery } from '@tanstack/react-query';
import type { Language } from '../../shared/languages.ts';
import type { ProcedureText } from '../../shared/procedure-docs/procedure-text.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useLanguage } from '../language/language.ts';
import type { FieldSchemas } from './input/fields.ts';
import { type OpenApiDocument, type Procedure, proceduresOf } from './procedures.ts';

/** The service's description of itself: the built-in procedures and the custom ones. */
export interface ServiceDescription {
  readonly procedures: readonly Procedure[];
  readonly schemas: FieldSchemas;
}

/** It contains nothing personal, so it stays cached when another user signs in. */
export const documentQuery = {
  queryKey: ['me', 'openapi'],
  staleTime: 300_000,
  queryFn: async (): Promise<ServiceDescription> => {
    const response = await fetch(`${SERVICE_URL}/openapi.json`);
    if (!response.ok) throw new Error(`/openapi.json: ${response.status}`);
    const document = (await response.json()) as OpenApiDocument;
    return { procedures: proceduresOf(document), schemas: document.components.schemas };
  },
};

type ProcedureTexts = Readonly<Record<string, ProcedureText>>;

/** Long descriptions, which are loaded only with this page; English comes with the service's description. */
const TEXTS: Readonly<Record<Language, () => Promise<ProcedureTexts>>> = {
  en: async () => ({}),
  fr: () => import('../../shared/procedure-docs/fr.ts').then(({ fr }) => fr),
};

/** What a procedure does, in one sentence; English if a custom procedure has no other. */
export function useWhatItDoes({ name, description }: Procedure): {
  readonly text: string;
  readonly language: Language;
} {
  const language = useLanguage();
  const { data } = useQuery({
    queryKey: ['me', 'procedures', language],
    queryFn: TEXTS[language],
    staleTime: Number.POSITIVE_INFINITY,
  });
  const translated = data && Object.hasOwn(data, name) ? data[name]?.does : undefined;
  const [sentence = ''] = /^.*?\.(?=\s|$)/s.exec(translated ?? description) ?? [translated ?? description];
  return { text: sentence.replaceAll('**', ''), language: translated === undefined ? 'en' : language };
}
