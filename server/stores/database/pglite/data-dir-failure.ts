import { statfsSync } from 'node:fs';
import { ConfigError } from '../../../lib/config.ts';
import { DatabaseUnavailable } from '../connection/database-unavailable.ts';
import { causeOf } from '../connection/failure-sentence.ts';

const ELSEWHERE = 'set KEYSEAL_DATA_DIR to another directory';
const NOT_OURS = `Give it to this user with the mode 700, or ${ELSEWHERE}.`;
const FULL = `Free space on its disk, or ${ELSEWHERE}.`;
const NO_PLACE = `No directory can be created there: ${ELSEWHERE}.`;
const IN_THE_WAY = `A file has its name, or that of a directory above it: move it away, or ${ELSEWHERE}.`;

/** The remedy for an error of the file system, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: NOT_OURS,
  EPERM: NOT_OURS,
  EROFS: `Mount it so that it can be written, or ${ELSEWHERE}.`,
  ENOSPC: FULL,
  EDQUOT: FULL,
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOENT: NO_PLACE,
  ELOOP: NO_PLACE,
  ENAMETOOLONG: NO_PLACE,
};
const DAMAGED = `Restore it from a backup, or ${ELSEWHERE}.`;

/** What may be over by itself, with nothing of Keyseal changed: whatever starts the process should try again. */
const TEMPORARY = ['EROFS', 'ENOSPC', 'EDQUOT'];

/** Bytes that an open database needs at least: PGlite makes the next file of its log, and does not say if it cannot. */
const MIN_FREE_BYTES = 17 * 1024 * 1024;

/** Says in a sentence why the data directory cannot be used; returns an error that already says so unchanged. */
export function dataDirFailure(dir: string, error: unknown): ConfigError {
  if (error instanceof ConfigError) return error;
  const origin = causeOf(error);
  const isKnown = Object.hasOwn(REMEDIES, origin.code);
  const isFull = !isKnown && freeBytes(dir) < MIN_FREE_BYTES;
  const code = isFull ? 'ENOSPC' : origin.code;
  const why = `${origin.message || origin.code}${isFull ? '; its disk is full' : ''}`;
  const fix = REMEDIES[isKnown || isFull ? code : ''] ?? DAMAGED;
  const Failure = TEMPORARY.includes(code) ? DatabaseUnavailable : ConfigError;
  return new Failure(`The data directory "${dir}" cannot be used (${why}). ${fix}`);
}

/** Bytes that are free on the disk of a directory, as far as this user may use them. */
function freeBytes(dir: string): number {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
