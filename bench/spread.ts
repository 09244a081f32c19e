/** Measurements of one thing, put in order. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? 0;
  return { least: at(0), median: at(Math.floor(sorted.length / 2)), most: at(sorted.length - 1) };
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1,234  (1,200 to 1,300)` */
export function spreadText({ least, median, most }: Spread): string {
  return `${whole.format(median).padStart(7)}  ${`(${whole.format(least)} to ${whole.format(most)})`.padEnd(20)}`;
}

export const count = (value: number): string => whole.format(value);
export const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
