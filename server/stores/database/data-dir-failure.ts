import { ConfigError } from '../../lib/config.ts';
import { causeOf } from './connection/failure-sentence.ts';

const ELSEWHERE = 'set KEYSEAL_DATA_DIR to another directory';
const NOT_OURS = `Give it to this user with the mode 700, or ${ELSEWHERE}.`;
const FULL = `Make room on its disk, or ${ELSEWHERE}.`;
const NO_PLACE = `No directory can be made there: ${ELSEWHERE}.`;
const IN_THE_WAY = `A file has its name, or that of a directory above it: move it away, or ${ELSEWHERE}.`;

/** The remedy for an error of the file system, by its code. */
const FIX: Readonly<Record<string, string>> = {
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

/** Says in a sentence why the data directory cannot be used; returns an error that already says so unchanged. */
export function dataDirFailure(dir: string, error: unknown): ConfigError {
  if (error instanceof ConfigError) return error;
  const { code, message } = causeOf(error);
  const fix = (Object.hasOwn(FIX, code) && FIX[code]) || DAMAGED;
  return new ConfigError(`The data directory "${dir}" cannot be used (${message || code}). ${fix}`);
}
