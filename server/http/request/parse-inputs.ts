import type { Body } from '../../gate/request/request.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { inputRefusal, Refusal } from '../../lib/refusal.ts';
import type { ParsedBatch } from './parse-procedures.ts';

/** The inputs of a request by call. Refuses with INPUT_INVALID if they cannot be parsed. */
export type Inputs = () => MaybePromise<Record<number, unknown>>;

interface Source {
  readonly method: 'GET' | 'POST';
  readonly calls: ParsedBatch;
  readonly body: (payer: null) => MaybePromise<Body>;
}

/** Parses inputs once, when the first procedure that authorized its caller reads its own. */
export function lazyInputs(request: Source): Inputs {
  let outcome: Record<number, unknown> | Refusal | undefined;
  const parse = (json: string | Uint8Array) => {
    outcome ??= parseOrRefuse(json, request.calls);
    if (outcome instanceof Refusal) throw outcome;
    return outcome;
  };
  return () => andThen(outcome === undefined ? inputJson(request) : '', parse);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** The maximum number of unused properties that a refusal names. */
const MAX_ISSUES = 10;

/** The JSON that contains the inputs: a text from the query, or the bytes of the body. */
function inputJson({ method, calls, body }: Source): MaybePromise<string | Uint8Array> {
  return method === 'GET'
    ? (calls.search.get('input') ?? '')
    : andThen(body(null), ({ bytes }: Body) => bytes);
}

function parseOrRefuse(json: string | Uint8Array, calls: ParsedBatch): Record<number, unknown> | Refusal {
  try {
    return parseInputs(json, calls);
  } catch (error) {
    return error as Refusal;
  }
}

function parseInputs(json: string | Uint8Array, calls: ParsedBatch): Record<number, unknown> {
  if (json.length > calls.maxInput)
    throw inputRefusal('', `must have at most ${calls.maxInput} bytes as JSON`);
  let parsed: unknown;
  try {
    const text = typeof json === 'string' ? json : UTF8.decode(json);
    parsed = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw inputRefusal('', 'The input is not JSON.');
  }
  if (!calls.batch) return { 0: parsed };
  if (parsed === undefined) return {};
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw inputRefusal('', 'The input of a batch is an object with a member for each call.');
  }
  checkMembers(Object.keys(parsed), calls.names.length);
  return parsed as Record<number, unknown>;
}

/** Refuses a property whose name is not the number of a call: its input would be dropped silently. */
function checkMembers(members: readonly string[], calls: number): void {
  const unknown = members.filter((name) => !(/^(0|[1-9]\d?)$/.test(name) && Number(name) < calls));
  if (unknown.length === 0) return;
  const message = `is not a call of this batch: its input has a member for each, 0 to ${calls - 1}`;
  const issues = unknown.slice(0, MAX_ISSUES).map((name) => ({ path: name.slice(0, 200), message }));
  throw new Refusal('INPUT_INVALID', { issues });
}
