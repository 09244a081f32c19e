import { spawnSync } from 'node:child_process';
import { CONTRACT, type Contract, ROOT } from './recorded.ts';

/** A contract as it was recorded once, and the commit that has it. */
export interface Version {
  readonly commit: string;
  readonly contract: Contract;
}

export const NO_HISTORY = 'there is no git history with a contract in it';

/** The contract of the last commit; null where there is none, or no history. */
export function committedContract(): Contract | null {
  return contractAt('HEAD');
}

/**
 * The contract before the one that is recorded now, and where that is the first, the first; null where there is no
 * history.
 */
export function previousVersion(): Version | null {
  const commits = git('log', '--first-parent', '-2', '--format=%H', '--', CONTRACT)?.split('\n') ?? [];
  const [last, beforeLast] = commits.filter((commit) => contractAt(commit) !== null);
  const commit = isCommitted() ? (beforeLast ?? last) : last;
  const contract = commit === undefined ? null : contractAt(commit);
  return commit && contract ? { commit, contract } : null;
}

const isCommitted = () => git('diff', '--name-only', 'HEAD', '--', CONTRACT) === '';

function contractAt(commit: string): Contract | null {
  const text = git('show', `${commit}:${CONTRACT}`);
  return text ? JSON.parse(text) : null;
}

/** What git answers, or null where it refuses, or is not there. */
function git(...args: string[]): string | null {
  // The clone may belong to another user than the one who runs the tests.
  const trusted = ['-c', `safe.directory=${ROOT}`, ...args];
  const { status, stdout } = spawnSync('git', trusted, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? stdout.trim() : null;
}
