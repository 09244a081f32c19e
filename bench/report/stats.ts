/** Measurements of one thing, sorted. */
export interface Stats {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export function statsOf(values: readonly number[]): Stats {
  return { least: quantile(values, 0), median: quantile(values, 0.5), most: quantile(values, 1) };
}

/** The value that a share `q` of all, from 0 to 1, does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const count = (value: number): string => whole.format(value);
export const megabytes = (bytes: number): number => bytes / 1024 / 1024;
