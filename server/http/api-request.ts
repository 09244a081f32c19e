import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { Body, SealedRequest } from '../gate/request.ts';
import { Refusal } from '../refusal.ts';
import { type BodyBudget, checkLength, readBody } from './body.ts';
import { type Calls, readCalls } from './calls.ts';
import { type HeaderValues, originOf } from './forwarded.ts';
import { checkHeaders, checkMethod, headerValues } from './malformed.ts';

/** A request under `/api` that is well formed, read once: what it calls, and what the gate is shown. */
export interface ApiRequest extends SealedRequest {
  readonly method: 'GET' | 'POST';
  readonly calls: Calls;
  readonly origin: string | null;
  readonly cookie: string | null;
  /** Of tRPC: how a batch is to be answered. */
  readonly accept: { readonly accept: string | null; readonly trpcAccept: string | null };
  /** Gives back what the body held of the budget. */
  release(): void;
}

export interface FrontLimits {
  readonly authorities: ReadonlyMap<string, string>;
  readonly trustedProxies: BlockList | null;
  readonly maxBody: number;
  readonly budget: BodyBudget;
}

export const newRequestId = (): string => randomUUID();

/** Reads a request of a sound target, refusing whatever is malformed before anything is looked at. */
export function readApiRequest(request: IncomingMessage, id: string, limits: FrontLimits): ApiRequest {
  const target = request.url ?? '';
  const values = headerValues(request);
  checkHeaders(request, values);
  const { address, host } = originOf(request.socket.remoteAddress ?? '', values, limits.trustedProxies);
  const authority = limits.authorities.get(host.toLowerCase());
  if (authority === undefined) throw new Refusal('AUTHORITY_UNKNOWN');
  const method = checkMethod(request, values);
  checkLength(request, limits.maxBody);
  const calls = readCalls(method, target);
  const authorization = one(values, 'authorization');
  if (calls.session && authorization !== null) throw new Refusal('REQUEST_MALFORMED');
  return {
    id,
    method,
    target,
    calls,
    authority,
    address,
    authorization,
    contentType: one(values, 'content-type') ?? '',
    signature: one(values, 'x-signature') || null,
    userToken: one(values, 'x-user-token') || null,
    origin: one(values, 'origin'),
    cookie: values('cookie').length > 0 ? values('cookie').join('; ') : null,
    accept: { accept: one(values, 'accept'), trpcAccept: one(values, 'trpc-accept') },
    ...lazyBody(request, limits),
  };
}

function lazyBody(request: IncomingMessage, limits: FrontLimits): Pick<ApiRequest, 'body' | 'release'> {
  let reading: ReturnType<typeof readBody> | undefined;
  return {
    body: async (): Promise<Body> => {
      reading ??= readBody(request, limits.maxBody, limits.budget);
      return (await reading).body;
    },
    release: () => void reading?.then(({ release }) => release()).catch(() => {}),
  };
}

const one = (values: HeaderValues, name: string): string | null => values(name)[0] ?? null;
