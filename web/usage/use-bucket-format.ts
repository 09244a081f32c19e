import { useMemo } from 'react';
import type { UsageStep } from '../charts/ranges.ts';
import { localeOf, TIME_ZONE } from '../language/formats.ts';
import { useLanguage } from '../language/language.ts';

const LONG: Readonly<Record<UsageStep, Intl.DateTimeFormatOptions>> = {
  minute: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { dateStyle: 'medium', timeStyle: 'short' },
  day: { dateStyle: 'medium' },
};
const SHORT: Readonly<Record<UsageStep, Intl.DateTimeFormatOptions>> = {
  minute: { timeStyle: 'short' },
  hour: { timeStyle: 'short' },
  day: { day: 'numeric', month: 'short' },
};

/** Formats the beginning of a bucket, in full and for an axis. The service's days begin at midnight UTC. */
export function useBucketFormat(step: UsageStep) {
  const language = useLanguage();
  return useMemo(() => {
    const [long, short] = [LONG, SHORT].map(
      (forms) => new Intl.DateTimeFormat(localeOf(language), { ...forms[step], timeZone: TIME_ZONE }),
    );
    return {
      long: (at: string) => `${(long as Intl.DateTimeFormat).format(new Date(at))} ${TIME_ZONE}`,
      short: (at: string) => (short as Intl.DateTimeFormat).format(new Date(at)),
    };
  }, [language, step]);
}
