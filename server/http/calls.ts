import { Refusal } from '../refusal.ts';
import { type Described, procedures } from '../router.ts';

/** Calls of one HTTP request. */
const MAX_BATCH = 20;
/** A query may hold one of each: a parser that takes the first and one that takes the last must agree. */
const ONE_OF_EACH = ['input', 'batch'];

/** Which procedures a request names. */
export interface Calls {
  /** The procedure path as it stands in the target. */
  readonly path: string;
  readonly batch: boolean;
  readonly search: URLSearchParams;
  readonly procedures: readonly Described[];
  /** Nobody has to be admitted. */
  readonly open: boolean;
  /** `auth.refresh`: a session signs without its token. */
  readonly session: boolean;
}

/**
 * Reads the procedures off a sound target under `/api/`.
 * Refuses with REQUEST_MALFORMED, PROCEDURE_NOT_FOUND, METHOD_NOT_SUPPORTED.
 */
export function readCalls(method: 'GET' | 'POST', target: string): Calls {
  const mark = target.indexOf('?');
  const path = target.slice('/api/'.length, mark < 0 ? undefined : mark);
  const search = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  checkQuery(path, search);
  const batch = search.has('batch');
  const names = batch ? path.split(',') : [path];
  if (names.length > MAX_BATCH) throw new Refusal('REQUEST_MALFORMED');
  const found = names.map((name) => procedures.get(name));
  const described = found.filter((procedure) => procedure !== undefined);
  if (described.length < names.length) throw new Refusal('PROCEDURE_NOT_FOUND');
  if (described.some(({ type }) => (type === 'mutation') !== (method === 'POST'))) {
    throw new Refusal('METHOD_NOT_SUPPORTED');
  }
  if (batch && described.some((procedure) => !isBatchable(procedure))) throw new Refusal('REQUEST_MALFORMED');
  const accesses = described.map(({ guard }) => guard.access);
  return {
    path,
    batch,
    search,
    procedures: described,
    open: accesses[0] === 'public',
    session: accesses[0] === 'session',
  };
}

function checkQuery(path: string, search: URLSearchParams): void {
  const sound =
    !path.includes('%') &&
    !search.has('connectionParams') &&
    !search.has('_method') &&
    ONE_OF_EACH.every((name) => search.getAll(name).length <= 1) &&
    [null, '1'].includes(search.get('batch'));
  if (!sound) throw new Refusal('REQUEST_MALFORMED');
}

function isBatchable({ type, guard }: Described): boolean {
  return type !== 'subscription' && guard.access !== 'public' && guard.access !== 'session';
}
