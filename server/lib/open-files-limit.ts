import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';

/** The database and the libraries use most of these; with fewer, no files are left for connections, and each would be cut off. */
const MIN_OPEN_FILES = 256;

/** How many files and sockets the process may have open, according to Linux's `/proc`; infinite on other systems. */
export function openFilesLimit(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** @throws ConfigError if the process may open too few files and sockets to serve */
export function requireOpenFiles(): void {
  const limit = openFilesLimit();
  if (limit >= MIN_OPEN_FILES) return;
  throw new ConfigError(
    `This process may have only ${limit} files and connections open at a time, but needs at least ${MIN_OPEN_FILES}: raise its hard limit (ulimit -n, LimitNOFILE in systemd, ulimits in Compose).`,
  );
}
