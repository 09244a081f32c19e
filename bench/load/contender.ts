import { load, type Target } from './load.ts';

/** A server that takes turns with others. */
export interface Contender extends Target {
  readonly name: string;
  readonly pid: number;
  /** Microseconds of CPU so far. */
  cpu(): Promise<number>;
  /** The same of whoever it asks in turn. */
  behind?(): Promise<number>;
}

/** One value of each round. */
export interface Speeds {
  /** Calls a second of the server's CPU time. */
  readonly perCore: number[];
  /** Calls a second of time. */
  readonly wall: number[];
  /** Microseconds of CPU that a call takes of whoever is behind; 0 where nobody is. */
  readonly behind: number[];
}

/** Calls of the first load, that tells how many the others can hold. */
const GUESS = 500;
/** As many requests as one load prepares: signed within seconds of being sent. */
const MOST = 100_000;

/**
 * Warms each of them up, then lets them take turns, round after round, so that whatever disturbs the machine disturbs
 * them alike.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  { rounds, warmUpS, roundS }: { rounds: number; warmUpS: number; roundS: number },
): Promise<Map<Contender, Speeds>> {
  const entries: (Speeds & { contender: Contender; calls: number })[] = [];
  for (const contender of contenders) {
    const guess = await load(contender, GUESS);
    const pace = await load(contender, most(guess * warmUpS));
    entries.push({ contender, calls: most(pace * roundS), perCore: [], wall: [], behind: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, calls, ...speeds } of entries) {
      const before = await used(contender);
      speeds.wall.push(await load(contender, calls));
      const after = await used(contender);
      speeds.perCore.push((calls * 1e6) / (after.own - before.own));
      speeds.behind.push((after.behind - before.behind) / calls);
    }
  }
  return new Map(entries.map(({ contender, ...speeds }) => [contender, speeds]));
}

const used = async (contender: Contender) => ({
  own: await contender.cpu(),
  behind: (await contender.behind?.()) ?? 0,
});

const most = (calls: number): number => Math.min(MOST, Math.ceil(calls));
