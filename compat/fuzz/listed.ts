/** Names with their counts, in words. */
export const listed = (times: ReadonlyMap<string, number>): string =>
  [...times].map(([name, count]) => `${name} (${count})`).join('; ') || 'none';
