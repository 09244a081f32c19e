import { LANGUAGES, type Language } from '../../shared/languages.ts';

/**
 * The language of a page: the one that `lang` in the query names, or else the one that the reader prefers.
 * @param target path and query
 * @param accepted the header `accept-language`
 */
export function languageOf(target: string, accepted: string | undefined): Language {
  const requested = new URLSearchParams(target.split('?')[1] ?? '').get('lang');
  const named = LANGUAGES.find((language) => language === requested);
  if (named) return named;
  const ranges = (accepted ?? '').toLowerCase().split(',').map(readRange);
  const weighted = LANGUAGES.map((language) => ({ language, weight: weightOf(language, ranges) }));
  return weighted.reduce((best, other) => (other.weight > best.weight ? other : best)).language;
}

interface Range {
  readonly name: string;
  readonly weight: number;
}

/** `fr-CA;q=0.8` (RFC 9110 §12.5.4). */
function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = given === undefined ? 1 : Number(given.slice(2));
  return { name, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** The weight of the most specific range that matches: the language, one of its regions, `*`. */
function weightOf(language: Language, ranges: readonly Range[]): number {
  const matchers = [
    (name: string) => name === language,
    (name: string) => name.startsWith(`${language}-`),
    (name: string) => name === '*',
  ];
  for (const matches of matchers) {
    const weights = ranges.filter(({ name }) => matches(name)).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
}
