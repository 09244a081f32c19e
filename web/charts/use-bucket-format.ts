import { useMemo } from 'react';
import { localeOf } from '../language/formats.ts';
import { useLanguage } from '../language/language.ts';
import type { UsageStep } from './ranges.ts';

/**
 * The service's days begin at midnight UTC, so their names follow UTC; hours and minutes follow the reader's clock.
 */
const LONG: Readonly<Record<UsageStep, Intl.DateTimeFormatOptions>> = {
  minute: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { dateStyle: 'medium', timeStyle: 'short' },
  day: { dateStyle: 'medium', timeZone: 'UTC' },
};
const SHORT: Readonly<Record<UsageStep, Intl.DateTimeFormatOptions>> = {
  minute: { timeStyle: 'short' },
  hour: { timeStyle: 'short' },
  day: { day: 'numeric', month: 'short', timeZone: 'UTC' },
};

/** Formats the beginning of a bucket, in full and for an axis. */
export function useBucketFormat(step: UsageStep) {
  const language = useLanguage();
  return useMemo(() => {
    const [long, short] = [LONG, SHORT].map(
      (forms) => new Intl.DateTimeFormat(localeOf(language), forms[step]),
    );
    return {
      long: (at: string) => (long as Intl.DateTimeFormat).format(new Date(at)),
      short: (at: string) => (short as Intl.DateTimeFormat).format(new Date(at)),
    };
  }, [language, step]);
}
