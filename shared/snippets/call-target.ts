/**
 * Path and query of a call, for any language: an apostrophe ends a string in some.
 * @param input as JSON; null without one, and for a mutation, whose input is in the body
 */
export function callTarget(name: string, input: string | null): string {
  const query = input === null ? '' : `?input=${encodeURIComponent(input)}`;
  return `/api/${encodeURIComponent(name)}${query}`.replaceAll("'", '%27');
}
