const counter =
  (isOne: (written: string) => boolean) =>
  (written: string, one: string, many: string): string =>
    `${written} ${isOne(written) ? one : many}`;

/** A written number and what it counts, in English. */
export const countedEn = counter((written) => written === '1');

/** The same in French, where 0 is singular too. */
export const countedFr = counter((written) => written === '0' || written === '1');
