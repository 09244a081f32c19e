import { formFault } from '../../../shared/form-rules.ts';
import { readApiTarget } from '../../gate/request/request-validation.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import { OTHER } from '../../metrics/metrics.ts';
import type { Api, ProcedureInfo } from '../../rpc/procedure-registry.ts';

/** The maximum number of calls in one HTTP request. */
const MAX_BATCH = 20;

const METHOD_OF_TYPE = 'must be POST for a mutation, and GET for a query or a subscription';

/** The procedures that a request names. */
export interface ParsedBatch {
  /** The procedure path as the target spells it. */
  readonly path: string;
  /** One for each call. */
  readonly names: readonly string[];
  readonly batch: boolean;
  readonly search: URLSearchParams;
  /** Query parameters that no call reads. */
  readonly unknownParameters: readonly string[];
  readonly procedures: readonly ProcedureInfo[];
  /** Whether every procedure is public, so that no caller need be admitted. */
  readonly isPublic: boolean;
  /** `auth.refresh`: a session signs without its token. */
  readonly session: boolean;
  /** The maximum size of the inputs as JSON, in bytes. */
  readonly maxInput: number;
}

/**
 * Reads the names of the procedures from a well-formed target under `/api/`.
 * Refuses with REQUEST_MALFORMED, PROCEDURE_NOT_FOUND, METHOD_NOT_SUPPORTED.
 */
export function parseProcedures(method: 'GET' | 'POST', target: string, { procedures }: Api): ParsedBatch {
  const { path, search } = readApiTarget(target);
  const batch = search.has('batch');
  const names = batch ? path.split(',') : [path];
  if (names.length > MAX_BATCH) throw refusalOfFault(formFault('batch-size', 'target'));
  const found = names.map((name) => procedures.get(name));
  const requested = found.filter((procedure) => procedure !== undefined);
  if (requested.length < names.length) throw new Refusal('PROCEDURE_NOT_FOUND');
  if (requested.some(({ type }) => (type === 'mutation') !== (method === 'POST'))) {
    throw refusalOfFault(formFault('method-not-taken', 'method', 'METHOD_NOT_SUPPORTED', METHOD_OF_TYPE));
  }
  if (batch && requested.some((procedure) => !isBatchable(procedure, requested.length)))
    throw refusalOfFault(formFault('batch-procedure', 'target'));
  const accesses = requested.map(({ guard }) => guard.access);
  return {
    path,
    names,
    batch,
    search,
    unknownParameters: unknownIn(search, requested),
    procedures: requested,
    isPublic: accesses[0] === 'public',
    session: accesses[0] === 'session',
    maxInput: Math.min(...requested.map(({ guard }) => guard.maxInput ?? Number.POSITIVE_INFINITY)),
  };
}

/** The query parameters that tRPC reads for each kind of call, in addition to `batch`. */
const PARAMETERS: Readonly<Record<ProcedureInfo['type'], readonly string[]>> = {
  query: ['input'],
  mutation: [],
  subscription: ['input', 'lastEventId', 'Last-Event-Id'],
};

function unknownIn(search: URLSearchParams, [first]: readonly ProcedureInfo[]): string[] {
  if (!first || search.size === 0) return [];
  const known = PARAMETERS[first.type];
  return [...new Set(search.keys())].filter((name) => name !== 'batch' && !known.includes(name));
}

/**
 * The procedures that a target under `/api/` names, under which its calls are counted and traced, whether or not the request is
 * accepted: those of the router, and `other` for any other path.
 */
export function procedureLabels(target: string, { procedures }: Api): readonly string[] {
  const queryStart = target.indexOf('?');
  const path = target.slice('/api/'.length, queryStart < 0 ? undefined : queryStart);
  if (procedures.has(path)) return [path];
  const batch =
    queryStart >= 0 && path.includes(',') && new URLSearchParams(target.slice(queryStart)).has('batch');
  const names = batch ? path.split(',', MAX_BATCH) : [path];
  return names.map((name) => (procedures.has(name) ? name : OTHER));
}

/** tRPC's clients write a single call as a batch of one: a procedure that refuses batches accepts that. */
function isBatchable({ type, guard }: ProcedureInfo, calls: number): boolean {
  if (guard.batch === false && calls > 1) return false;
  return type !== 'subscription' && guard.access !== 'public' && guard.access !== 'session';
}
