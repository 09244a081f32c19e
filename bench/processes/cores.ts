import { spawnSync } from 'node:child_process';
import { onCleanup } from './cleanup.ts';

/** The cores that a process may use, in `taskset` syntax: `0`, `1-3`. */
interface Cores {
  readonly all: string;
  readonly server: string;
  readonly load: string;
}

const cores = divide();

/** Whether servers and load can have separate cores: on Linux, with taskset and at least two cores. */
export const canPin: boolean = cores !== null;

/**
 * Pins these processes to one core, the same for all of them, since they take turns, and this process to the others,
 * until the returned function is called. Does nothing if pinning is impossible.
 */
export function pin(pids: readonly number[]): () => void {
  if (!cores) return () => {};
  for (const pid of pids) taskset(pid, cores.server);
  taskset(process.pid, cores.load);
  const unpin = () => void taskset(process.pid, cores.all);
  onCleanup(unpin);
  return unpin;
}

/** The first allowed core for the server, the others for the load. */
function divide(): Cores | null {
  const said = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  const all = /list: ([\d,-]+)/.exec(said.stdout ?? '')?.[1];
  const [first, ...others] = (all ?? '').split(',').flatMap(unfold);
  return all && first !== undefined && others.length > 0
    ? { all, server: String(first), load: others.join(',') }
    : null;
}

/** `1-3` is 1, 2 and 3. */
function unfold(range: string): number[] {
  const [from = Number.NaN, to = from] = range.split('-').map(Number);
  return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Pins all threads of a process. taskset fails if a thread ends in the meantime, so try again. */
function taskset(pid: number, list: string, tries = 3): void {
  const { status, stderr } = spawnSync('taskset', ['-a', '-c', '-p', list, String(pid)], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (tries === 1) throw new Error(`taskset: ${stderr}`);
  taskset(pid, list, tries - 1);
}
