import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { addressGroup } from '../../shared/fairness/fairness-key.ts';
import { headerValues } from '../../shared/request-rules.ts';
import type { Api } from '../api.ts';
import { checkHeaders, checkMethod } from '../gate/malformed.ts';
import { type Body, proofsOf, type SealedRequest } from '../gate/request.ts';
import { Refusal } from '../refusal.ts';
import { type BodyBudget, checkLength, readBody } from './body.ts';
import { type Calls, readCalls } from './calls.ts';
import { originOf } from './forwarded.ts';

/** A request under `/api` that is well formed, read once: what it calls, and what the gate is shown. */
export interface ApiRequest extends SealedRequest {
  readonly method: 'GET' | 'POST';
  readonly address: string;
  readonly calls: Calls;
  readonly origin: string | null;
  readonly cookie: string | null;
  readonly userAgent: string | null;
  /** Of tRPC: how a batch is to be answered. */
  readonly accept: { readonly accept: string | null; readonly trpcAccept: string | null };
  body(): Promise<Body>;
  /** Gives back what the body held of the budget. */
  release(): void;
}

export interface FrontLimits {
  readonly authorities: ReadonlyMap<string, string>;
  readonly trustedProxies: BlockList | null;
  readonly maxBody: number;
  readonly budget: BodyBudget;
}

const METHODS = ['GET', 'POST'] as const;

export const newRequestId = (): string => randomUUID();

/** Reads a request of a sound target, refusing whatever is malformed before anything is looked at. */
export function readApiRequest(
  request: IncomingMessage,
  id: string,
  api: Api,
  limits: FrontLimits,
): ApiRequest {
  const target = request.url ?? '';
  const values = headerValues(request.rawHeaders);
  checkHeaders(request.rawHeaders, values);
  const { address, host } = originOf(request.socket.remoteAddress ?? '', values, limits.trustedProxies);
  const authority = limits.authorities.get(host.toLowerCase());
  if (authority === undefined) throw new Refusal('AUTHORITY_UNKNOWN');
  const method = checkMethod(request.method, METHODS, values);
  checkLength(request, limits.maxBody);
  const calls = readCalls(method, target, api);
  const { authorization, signature, userToken, contentType } = proofsOf(values);
  if (calls.session && authorization !== null) throw new Refusal('REQUEST_MALFORMED');
  const { body, release } = lazyBody(request, limits);
  const one = (name: string) => values(name)[0] ?? null;
  return {
    id,
    method,
    target,
    calls,
    authority,
    address,
    throttledAs: `address ${addressGroup(address)}`,
    procedures: calls.names,
    begun: performance.now(),
    authorization,
    signature,
    userToken,
    contentType,
    origin: one('origin'),
    cookie: values('cookie').length > 0 ? values('cookie').join('; ') : null,
    userAgent: one('user-agent'),
    accept: { accept: one('accept'), trpcAccept: one('trpc-accept') },
    body,
    release,
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
