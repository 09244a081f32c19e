import { readFileSync } from 'node:fs';

/** Microseconds of a tick in /proc. */
const TICK = 10_000;

/**
 * Microseconds of CPU that all threads of a process have used.
 * @throws if the system does not report it, or the process has ended
 */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // User and system time: fields 14 and 15, counted from behind the name, which may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Bytes of memory of a process, now and at its peak. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}
