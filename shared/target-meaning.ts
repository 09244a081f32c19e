/**
 * Whether two targets differ in nothing but the spelling of their query: the same path, and the same names and values in
 * the same order after decoding (URL standard, application/x-www-form-urlencoded parsing). An empty query means none.
 */
export function meansTheSame(target: string, other: string): boolean {
  const [path, query] = split(target);
  const [otherPath, otherQuery] = split(other);
  return path === otherPath && JSON.stringify(query) === JSON.stringify(otherQuery);
}

function split(target: string): readonly [path: string, query: readonly (readonly [string, string])[]] {
  const mark = target.indexOf('?');
  if (mark < 0) return [target, []];
  return [target.slice(0, mark), [...new URLSearchParams(target.slice(mark))]];
}
