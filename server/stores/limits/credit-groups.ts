import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';

/** The charge of one metered call. */
export interface SpendRequest {
  /** The metered subjects: the key's id, its external owner's, or both. */
  readonly subjects: readonly string[];
  readonly cost: number;
  readonly payer: FairnessPath;
}

/** Calls with the same subjects and the same cost. */
export interface CreditGroup extends Pick<SpendRequest, 'subjects' | 'cost'> {
  /** The positions of its calls among all that were submitted. */
  readonly positions: number[];
  /** The same for groups that share a subject, directly or through others. */
  component: number;
}

/** Groups calls, in the order in which they were submitted. */
export function groupCalls(requested: readonly SpendRequest[]): CreditGroup[] {
  const groups = new Map<string, CreditGroup>();
  for (const [position, { subjects, cost }] of requested.entries()) {
    const name = `${subjects.join(' ')} ${cost}`;
    const group = groups.get(name);
    if (group) group.positions.push(position);
    else groups.set(name, { subjects, cost, positions: [position], component: groups.size });
  }
  const all = [...groups.values()];
  joinComponents(all);
  return all;
}

/** Gives groups that share a subject the same component: that of the first of them. */
function joinComponents(groups: readonly CreditGroup[]): void {
  const parents = groups.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parents[root] !== root) {
      // Halves the path, so that long chains are walked once.
      parents[root] = parents[parents[root] as number] as number;
      root = parents[root] as number;
    }
    return root;
  };
  const firstOfSubject = new Map<string, number>();
  for (const [i, { subjects }] of groups.entries()) {
    for (const subject of subjects) {
      const [one, other] = [rootOf(firstOfSubject.get(subject) ?? i), rootOf(i)];
      parents[Math.max(one, other)] = Math.min(one, other);
      if (!firstOfSubject.has(subject)) firstOfSubject.set(subject, i);
    }
  }
  for (const [i, group] of groups.entries()) group.component = rootOf(i);
}
