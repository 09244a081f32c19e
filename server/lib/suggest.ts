/** The most similar known name; null if none is close. */
export function suggest(name: string, names: Iterable<string>): string | null {
  let best: { name: string; steps: number } | null = null;
  for (const candidate of names) {
    const steps = distance(name.slice(0, 100), candidate);
    if (steps <= Math.max(2, candidate.length / 3) && steps < (best?.steps ?? Number.POSITIVE_INFINITY)) {
      best = { name: candidate, steps };
    }
  }
  return best?.name ?? null;
}

/** How many letters to add, remove or change to turn one into the other (Levenshtein distance). */
function distance(word: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...word].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (letter === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
