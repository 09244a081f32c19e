import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server';
import type { RefusalShape } from '../../shared/refusals.ts';
import type { Described } from '../api.ts';
import { Refusal, shapeOf } from '../refusal.ts';
import { type Context, originOf, refusalOf } from '../trpc.ts';
import type { ApiRequest } from './api-request.ts';
import type { Departure } from './departure.ts';

/** How a call ended, as tRPC puts it on the wire. */
export type Outcome = { readonly result: { readonly data: unknown } } | { readonly error: RefusalShape };

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a request is plain JSON, asked and answered: the short way needs no Request and no Response. */
export function isPlainJson({ method, contentType, calls, accept }: ApiRequest): boolean {
  const json = contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
  return (json || (method === 'GET' && contentType === '')) && !mayStream({ calls, accept });
}

/** Whether the answer may stay open: a subscription, or one that is taken bit by bit. */
export function mayStream({ calls, accept }: Pick<ApiRequest, 'calls' | 'accept'>): boolean {
  const byBits = accept.trpcAccept !== null || (accept.accept ?? '').includes('application/jsonl');
  return byBits || calls.procedures[0]?.type === 'subscription';
}

/**
 * Makes every call of a plain JSON request, and says how each ended.
 * @param departure of whoever asked
 * @param failed told of every refusal, for the log and the headers
 */
export async function callAll(
  request: ApiRequest,
  context: Context,
  departure: Departure,
  failed: (refusal: Refusal, path: string) => void,
): Promise<Outcome[]> {
  const inputs = lazyInputs(request);
  return Promise.all(
    request.calls.names.map(async (path, nth): Promise<Outcome> => {
      try {
        const data = await callTRPCProcedure(new Call(request, context, inputs, nth, departure));
        if (isStreamed(data)) throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED');
        return { result: { data } };
      } catch (error) {
        const refusal = refusalOf(error);
        failed(refusal, path);
        return { error: shapeOf(refusal, path, request.id, originOf(context.service)) };
      }
    }),
  );
}

/** A call as tRPC takes it; its signal is made where a procedure asks for it. */
class Call {
  readonly router: AnyTRPCRouter;
  readonly path: string;
  readonly type: Described['type'];
  readonly ctx: Context;
  readonly batchIndex: number;
  readonly getRawInput: () => Promise<unknown>;
  readonly #departure: Departure;

  constructor(request: ApiRequest, ctx: Context, inputs: Inputs, nth: number, departure: Departure) {
    this.router = ctx.service.api.router;
    this.path = request.calls.names[nth] as string;
    this.type = request.calls.procedures[nth]?.type ?? 'query';
    this.ctx = ctx;
    this.batchIndex = nth;
    this.getRawInput = async () => (await inputs())[nth];
    this.#departure = departure;
  }

  get signal(): AbortSignal {
    return this.#departure.signal;
  }
}

/** Whether an answer comes bit by bit, as only a stream can tell it: as JSON it would be empty, without a word. */
function isStreamed(data: unknown): boolean {
  if (!isObject(data) || Array.isArray(data)) return false;
  if (comesLater(data)) return true;
  for (const name in data) if (comesLater(data[name])) return true;
  return false;
}

const comesLater = (value: unknown): boolean =>
  isObject(value) && (typeof value['then'] === 'function' || Symbol.asyncIterator in value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The status of all calls together: 207 where they differ. */
export function statusOf(outcomes: readonly Outcome[]): number {
  const statuses = new Set(
    outcomes.map((outcome) => ('error' in outcome ? outcome.error.data.httpStatus : 200)),
  );
  return statuses.size === 1 ? (statuses.values().next().value as number) : 207;
}

/** The inputs by call. */
type Inputs = () => Promise<Record<number, unknown>>;

/** They are parsed once, when the first procedure that was let through asks for its own. */
function lazyInputs(request: ApiRequest): Inputs {
  let parsing: Promise<Record<number, unknown>> | undefined;
  return () => {
    parsing ??= parseInputs(request);
    return parsing;
  };
}

async function parseInputs({ method, calls, body }: ApiRequest): Promise<Record<number, unknown>> {
  const unreadable = (message: string) => new Refusal('INPUT_INVALID', { issues: [{ path: '', message }] });
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
  // Own members alone: "__proto__" is no call's input.
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => /^\d+$/.test(name)));
}
