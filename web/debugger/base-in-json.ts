import { readShape } from '../../client/calls/refusal.ts';

/**
 * The base in what a user copied from a response: the whole response, with or without its head; its JSON; or the string of
 * `debug.base` with its escapes, with or without its name and quotes.
 * @returns null if the text has none
 */
export function baseInJson(text: string): string | null {
  const json = text.trim().replace(/^HTTP\/[\d.]+ [\s\S]*?\n\n/, '');
  if (/^[{[]/.test(json)) return baseOf(parse(json));
  const string = /^(?:"base"\s*:\s*)?("?)((?:v1\.request|\\")[^\n]*?)\1,?$/.exec(json)?.[2];
  if (string === undefined || !string.includes('\\n')) return null;
  const unescaped = parse(`"${string}"`);
  return typeof unescaped === 'string' ? unescaped : null;
}

/** The base in a JSON string with its quotes; null for lines as code built them, whose escapes are a mistake. */
export const quotedBase = (text: string): string | null =>
  /^"(?:v1\.|\\")/.test(text.trim()) ? baseInJson(text.trim()) : null;

/** Of a batch, the first that has one. */
function baseOf(json: unknown): string | null {
  const all = Array.isArray(json) ? json : [json];
  for (const one of all) {
    const base = readShape(one)?.data.debug?.base;
    if (base !== undefined) return base;
  }
  return null;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
