import type { Body } from '../gate/request.ts';
import { Refusal } from '../lib/refusal.ts';
import type { ParsedBatch } from './parse-procedures.ts';

/** The inputs of a request by call. Rejects with INPUT_INVALID if they cannot be parsed. */
export type Inputs = () => Promise<Record<number, unknown>>;

interface Source {
  readonly method: 'GET' | 'POST';
  readonly calls: ParsedBatch;
  readonly body: (payer: null) => Promise<Body>;
}

/** Parses inputs once, when the first procedure that authorized its caller reads its own. */
export function lazyInputs(request: Source): Inputs {
  let parsing: Promise<Record<number, unknown>> | undefined;
  return () => {
    parsing ??= parseInputs(request);
    return parsing;
  };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** The maximum number of unused members that a refusal names. */
const MAX_ISSUES = 10;

async function parseInputs({ method, calls, body }: Source): Promise<Record<number, unknown>> {
  let parsed: unknown;
  try {
    const text = method === 'GET' ? (calls.search.get('input') ?? '') : UTF8.decode((await body(null)).bytes);
    parsed = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw unreadable('The input is not JSON.');
  }
  if (!calls.batch) return { 0: parsed };
  if (parsed === undefined) return {};
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw unreadable('The input of a batch is an object with a member for each call.');
  }
  checkMembers(Object.keys(parsed), calls.names.length);
  return parsed as Record<number, unknown>;
}

/** Refuses a member that is not the number of a call: its input would be dropped silently. */
function checkMembers(members: readonly string[], calls: number): void {
  const unknown = members.filter((name) => !(/^(0|[1-9]\d?)$/.test(name) && Number(name) < calls));
  if (unknown.length === 0) return;
  const message = `is no call of this batch: its input has a member for each, 0 to ${calls - 1}`;
  const issues = unknown.slice(0, MAX_ISSUES).map((name) => ({ path: name.slice(0, 200), message }));
  throw new Refusal('INPUT_INVALID', { issues });
}

const unreadable = (message: string) => new Refusal('INPUT_INVALID', { issues: [{ path: '', message }] });
