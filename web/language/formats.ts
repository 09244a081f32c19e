import type { Language } from '../../shared/languages.ts';
import { useLanguage } from './language.ts';

/**
 * The time zone of the whole console. Counts of a day, refills of credits, exports and logs of the service are in UTC too, so
 * that a time is the same in all of them, and for all members of a team.
 */
export const TIME_ZONE = 'UTC';

/** Formats times, durations and numbers in the current language. */
export interface Formats {
  /** Day and time with the time zone, such as 25 Nov 2026, 14:05 UTC. @param at ISO 8601 */
  readonly dateTime: (at: string | number | Date) => string;
  /** The same with seconds. */
  readonly dateTimeSeconds: (at: string | number | Date) => string;
  /** The day only, in UTC. */
  readonly day: (at: string | number | Date) => string;
  /** The time only, with seconds, below a heading that names the time zone. */
  readonly time: (at: string | number | Date) => string;
  /** Relative to now, such as "3 minutes ago". */
  readonly fromNow: (at: string | number | Date) => string;
  readonly number: (value: number) => string;
  /** A share of 1, such as 4.2%. */
  readonly percent: (share: number) => string;
  /** A list, such as "a, b and c". */
  readonly list: (values: readonly string[]) => string;
  /** A number of units of time, such as "1 minute". */
  readonly span: (count: number, unit: 'second' | 'minute' | 'hour' | 'day') => string;
}

/** Seconds of each unit, the longest first. */
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The browser's regional variant of a language, such as en-GB. */
export const localeOf = (language: string): string =>
  navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;

function formatsOf(locale: string): Formats {
  const inZone = (form: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...form, timeZone: TIME_ZONE });
  const dateTime = inZone({ dateStyle: 'medium', timeStyle: 'short' });
  const seconds = inZone({ dateStyle: 'medium', timeStyle: 'medium' });
  const day = inZone({ dateStyle: 'medium' });
  const time = inZone({ timeStyle: 'medium' });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    dateTime: (at) => `${dateTime.format(new Date(at))} ${TIME_ZONE}`,
    dateTimeSeconds: (at) => `${seconds.format(new Date(at))} ${TIME_ZONE}`,
    day: (at) => day.format(new Date(at)),
    time: (at) => time.format(new Date(at)),
    fromNow: (at) => {
      const seconds = (new Date(at).getTime() - Date.now()) / 1000;
      const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
      return relative.format(Math.round(seconds / length), unit);
    },
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    list: (values) => list.format(values),
    span: (count, unit) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
  };
}

/** Cached for each language: creating them takes longer than a row of a table. */
const made = new Map<Language, Formats>();

export function useFormats(): Formats {
  const language = useLanguage();
  const formats = made.get(language) ?? formatsOf(localeOf(language));
  made.set(language, formats);
  return formats;
}
