import { undisturbed } from '../processes/foreign-load.ts';
import { load, type Target } from './load.ts';

/** A server that takes turns with others. */
export interface Contender extends Target {
  readonly name: string;
  readonly pid: number;
  /** Microseconds of CPU so far. */
  cpu(): Promise<number>;
  /** The same for the server that this one calls. */
  behind?(): Promise<number>;
}

/** One value for each round. */
export interface Speeds {
  /** Calls per second of the server's CPU time. */
  readonly perCore: number[];
  /** Calls per second of wall-clock time. */
  readonly wall: number[];
  /** Microseconds of CPU that a call costs the server behind it; 0 if there is none. */
  readonly behind: number[];
}

/** Calls of the first load, which is the slowest. */
const GUESS = 500;
/** Calls of a warm-up for each of its seconds, however slow the server: V8 compiles code after so many runs, not after a time. */
const WARM_CALLS = 10_000;
/** Requests that one load prepares at most: they must be sent within seconds of being signed. */
const MOST = 100_000;

/**
 * Warms each server up, then lets them take turns, round after round, so that disturbances of the machine affect all
 * alike.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  { rounds, warmUpS, roundS }: { rounds: number; warmUpS: number; roundS: number },
): Promise<Map<Contender, Speeds>> {
  const entries: (Speeds & { contender: Contender; calls: number })[] = [];
  for (const contender of contenders) {
    const pace = await warmUp(contender, warmUpS);
    entries.push({ contender, calls: most(pace * roundS), perCore: [], wall: [], behind: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, calls, ...speeds } of entries) {
      const round = await undisturbed(() => playRound(contender, calls));
      speeds.wall.push(round.wall);
      speeds.perCore.push(round.perCore);
      speeds.behind.push(round.behind);
    }
  }
  return new Map(entries.map(({ contender, ...speeds }) => [contender, speeds]));
}

/** Warms a server up: its keys are loaded, and its code is compiled. @returns calls per second of the last load */
async function warmUp(contender: Contender, seconds: number): Promise<number> {
  await load(contender, GUESS);
  const half = most((seconds * WARM_CALLS) / 2);
  await load(contender, half);
  return load(contender, half);
}

/** One round of one server. */
async function playRound(contender: Contender, calls: number) {
  const before = await used(contender);
  const wall = await load(contender, calls);
  const after = await used(contender);
  const perCore = (calls * 1e6) / (after.own - before.own);
  return { wall, perCore, behind: (after.behind - before.behind) / calls };
}

const used = async (contender: Contender) => ({
  own: await contender.cpu(),
  behind: (await contender.behind?.()) ?? 0,
});

const most = (calls: number): number => Math.min(MOST, Math.ceil(calls));
