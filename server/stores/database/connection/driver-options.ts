import { ConfigError } from '../../../lib/config.ts';

/** Options of postgres.js that DATABASE_URL may give. */
export interface DriverOptions {
  /** Seconds; 0 for never. */
  readonly idle_timeout: number;
  readonly max_lifetime: number;
  readonly keep_alive: number;
  /** Whether statements have names. */
  readonly prepare: boolean;
}

const SECONDS = ['idle_timeout', 'max_lifetime', 'keep_alive'] as const;
/** A timer of Node for more than 2^31 milliseconds ends at once. */
const MAX_SECONDS = 2_147_483;
const SWITCH: Readonly<Record<string, boolean>> = { true: true, false: false, disable: false };

/** Whether a parameter of DATABASE_URL is an option of the driver. */
export const isForDriver = (name: string): boolean =>
  name === 'prepare' || SECONDS.some((option) => option === name);

/** @throws ConfigError if an option has a value that the driver would misread */
export function readDriverOptions(query: Readonly<Record<string, string>>): DriverOptions {
  const seconds = (name: (typeof SECONDS)[number], fallback: number): number => {
    const text = query[name];
    if (text === undefined) return fallback;
    if (/^\d{1,7}$/.test(text) && Number(text) <= MAX_SECONDS) return Number(text);
    throw new ConfigError(
      `DATABASE_URL accepts ${name} in whole seconds, at most ${MAX_SECONDS}, but has "${text}".`,
    );
  };
  const prepare = query['prepare'] ?? 'true';
  const named = Object.hasOwn(SWITCH, prepare) ? SWITCH[prepare] : undefined;
  if (named === undefined)
    throw new ConfigError(`DATABASE_URL accepts prepare=true or prepare=false, but has "${prepare}".`);
  return {
    idle_timeout: seconds('idle_timeout', 0),
    // Not all pools of all instances at the same time.
    max_lifetime: seconds('max_lifetime', Math.round(60 * (30 + Math.random() * 30))),
    keep_alive: seconds('keep_alive', 60),
    prepare: named,
  };
}
