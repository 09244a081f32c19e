import { parseList } from 'structured-headers';
import type { Answer } from './wire.ts';

/** The fields `ratelimit-policy` and `ratelimit` of an answer, as a parser of structured fields reads them. */
export function rateFields({ headers }: Answer): Record<string, Record<string, unknown>> {
  const read = (name: string) => {
    const value = headers[name];
    return value === undefined ? [] : parseList(String(value));
  };
  const fields: Record<string, Record<string, unknown>> = {};
  for (const [name, parameters] of [...read('ratelimit-policy'), ...read('ratelimit')]) {
    fields[String(name)] = { ...fields[String(name)], ...Object.fromEntries(parameters) };
  }
  return fields;
}
