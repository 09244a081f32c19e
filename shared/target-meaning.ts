/**
 * What a target means however its query is spelled: the path, and the names and values in order after decoding (URL standard,
 * application/x-www-form-urlencoded parsing). An empty query means none. Two targets mean the same if these strings are equal.
 */
export function targetMeaning(target: string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return JSON.stringify([target, []]);
  return JSON.stringify([target.slice(0, mark), [...new URLSearchParams(target.slice(mark))]]);
}
