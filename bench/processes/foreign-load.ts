import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of a tick in /proc. */
const TICK = 10_000;
/** A round is thrown away if others used more than this share of one core in the meantime, and more than a few ticks. */
const MAX_SHARE = 0.05;
const MAX_TICKS = 5;
/** For each round that is kept, so many may be thrown away; after that, rounds are kept as they are. */
const MAX_REPEATS = 2;

/** The rounds of a part, as far as other processes disturbed them. */
export interface Disturbance {
  /** Rounds that were thrown away. */
  readonly thrownAway: number;
  /** Rounds that were kept although others used the machine, because it did not become quiet. */
  readonly keptAnyway: number;
}

let counts = { kept: 0, thrownAway: 0, keptAnyway: 0 };

/** What happened to the rounds since the last call. */
export function takeDisturbance(): Disturbance {
  const { thrownAway, keptAnyway } = counts;
  counts = { kept: 0, thrownAway: 0, keptAnyway: 0 };
  return { thrownAway, keptAnyway };
}

/**
 * Repeats a round until no other process disturbed it. Elsewhere than on Linux, every round is kept.
 * @param round its result is kept or thrown away as a whole
 */
export async function undisturbed<T>(round: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = readLoad();
    const begun = performance.now();
    const result = await round();
    const allowed = Math.max(MAX_SHARE * (performance.now() - begun) * 1000, MAX_TICKS * TICK);
    const isQuiet = foreignBetween(before, readLoad()) <= allowed;
    if (!isQuiet && counts.thrownAway < MAX_REPEATS * (counts.kept + 1)) {
      counts.thrownAway++;
      continue;
    }
    counts.kept++;
    if (!isQuiet) counts.keptAnyway++;
    return result;
  }
}

/** Microseconds of CPU, of the whole machine and of the benchmark with all its processes. */
export interface Load {
  readonly all: number;
  readonly ours: number;
}

/** Microseconds of CPU that other processes used, time stolen by other machines included. */
export const foreignBetween = (before: Load, after: Load): number =>
  Math.max(0, after.all - before.all - (after.ours - before.ours));

/** Zeros where there is no /proc. */
function readLoad(): Load {
  try {
    const busy = busyTicks(readFileSync('/proc/stat', 'utf8'));
    return { all: busy * TICK, ours: ticksOfTree(process.pid, readProcesses()) * TICK };
  } catch {
    return { all: 0, ours: 0 };
  }
}

/** @param stat /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; the guests are part of user and nice */
export function busyTicks(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return user + nice + system + irq + softirq + steal;
}

/** A process: its parent, and the ticks of all its threads and of its children that have ended. */
export interface ProcessTicks {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** @param stat /proc/<pid>/stat, whose second field is a name that may contain spaces */
export function processTicks(pid: number, stat: string): ProcessTicks {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Fields 14 to 17: user and system time, of its own and of its children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), ticks };
}

/** The ticks of a process and of everything that it started. */
export function ticksOfTree(root: number, all: readonly ProcessTicks[]): number {
  const ours = new Set([root]);
  for (let before = 0; before < ours.size; ) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all.reduce((sum, { pid, ticks }) => sum + (ours.has(pid) ? ticks : 0), 0);
}

function readProcesses(): ProcessTicks[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return [processTicks(Number(pid), readFileSync(`/proc/${pid}/stat`, 'utf8'))];
    } catch {
      // It has ended in the meantime: its parent has its ticks.
      return [];
    }
  });
}
