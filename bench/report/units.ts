/** The units, and how a faster machine changes them: by its speed, by the inverse of it, or not at all. */
export const UNITS = {
  'calls/s per core': { speed: 1 },
  'calls/s': { speed: 1 },
  µs: { speed: -1 },
  ms: { speed: -1 },
  s: { speed: -1 },
  MB: { speed: 0 },
  bytes: { speed: 0 },
  nonces: { speed: 1 },
  '×': { speed: 0 },
} as const;

export type Unit = keyof typeof UNITS;

/** `12,345`, `123`, `1.23`: only significant digits. */
export function figure(value: number, language = 'en'): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return new Intl.NumberFormat(language, {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  }).format(value);
}
