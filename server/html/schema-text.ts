import type { Language } from '../../shared/languages.ts';
import { SCHEMA_RULES_FR, SCHEMA_TEXTS_FR } from '../../shared/procedure-docs/schema-texts-fr.ts';
import { inline } from './html.ts';

/** The sentence that states the rules of a schema, after its description if it has one. */
const WITH_RULES = /^(?:(.+) )?It (must .+)\.$/s;

/** Renders the description of a schema as HTML. Custom procedures have only English ones. */
export function schemaText(english: string, language: Language): string {
  const text = language === 'fr' ? inFrench(english) : undefined;
  return text === undefined ? `<span lang="en">${inline(english)}</span>` : `<span>${inline(text)}</span>`;
}

function inFrench(english: string): string | undefined {
  const whole = named(SCHEMA_TEXTS_FR, english);
  if (whole !== undefined) return whole;
  const [, description, rules] = WITH_RULES.exec(english) ?? [];
  const parts = rules?.split(/, and (?=must )/).map((rule) => named(SCHEMA_RULES_FR, rule)) ?? [undefined];
  const first = description === undefined ? '' : named(SCHEMA_TEXTS_FR, description);
  if (first === undefined || parts.includes(undefined)) return undefined;
  return `${first} La valeur ${parts.join(', et ')}.`.trim();
}

const named = (texts: Readonly<Record<string, string>>, english: string): string | undefined =>
  Object.hasOwn(texts, english) ? texts[english] : undefined;
