import { expect } from 'vitest';
import type { KeysealClientOptions, KeysealSession } from '../../client/index.ts';
import { routes } from '../../server/app/routes.ts';
import { type Api, buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { newWorld, type World } from '../contract/calls.ts';
import { ODD, STREAMED, UNWRITABLE } from './odd-answers.ts';
import { startTestService, type TestService } from './service.ts';
import { told } from './told-alike.ts';
import { type Answer, type Credentials, type Draft, send, sign, withHeader } from './wire.ts';

/** A call by somebody, before it is signed. */
export interface Asked {
  /** Who calls, as a client is told. */
  readonly as: KeysealClientOptions;
  readonly method?: string;
  readonly target: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came of one request: by the short way, and by tRPC's own. */
export interface Both {
  readonly short: Answer;
  readonly long: Answer;
  /** Whether each of the two ways was gone; else the request was refused before, or has the long way alone. */
  readonly made: boolean;
}

/** Two worlds that are alike, of one service, in which the same happens at the same time: one by each way. */
export interface BothWays {
  readonly service: TestService;
  /** The same thing made in each world, one after the other. */
  prepare<T>(make: (world: World) => T | Promise<T>): Promise<Pair<T>>;
  /** Sends what is asked both ways, and fails where the answers differ by more than `INTENDED`. */
  compare(asked: Asked | Pair<Asked>): Promise<Both>;
  /** Sends it both ways. */
  answers(asked: Asked | Pair<Asked>): Promise<Both>;
}

/** For the short way, and for the long one. */
export type Pair<T> = readonly [short: T, long: T];

const isPair = <T>(one: T | Pair<T>): one is Pair<T> => Array.isArray(one);

/**
 * Whoever says to tRPC what they accept is answered by its own `resolveResponse`; that this is no stream leaves the
 * answer as it is. The header is not signed: both requests are alike to the gate.
 */
const LONG = ['trpc-accept', 'application/json'] as const;
/** By which tRPC's own response is known. */
const isByTrpc = ({ headers }: Answer): boolean => headers['vary'] === 'trpc-accept, accept';

/** Keyseal's procedures, and `odd.*`, which answer and fail in every way in which one can. */
export const API: Api = buildRegistry(router({ ...routes, odd: oddRoutes() }));

function oddRoutes() {
  const of = (end: () => unknown) => procedure({ access: 'any', cost: 0 }).query(end);
  return Object.fromEntries(
    Object.entries({ ...ODD, ...UNWRITABLE, ...STREAMED }).map(([name, end]) => [name, of(end)]),
  );
}

export async function startBothWays(): Promise<BothWays> {
  // Held while a pair is made, so that whatever is told in seconds is told alike.
  let at = Date.now();
  const clock = () => at;
  const env = { KEYSEAL_ADDRESS_FAILURES: '1000000' };
  const service = await startTestService({ env, clock, api: API });
  const tick = () => {
    at = Math.max(at + 1, Date.now());
  };
  const worlds = [await newWorld(service), await newWorld(service)] as const;
  const answers: BothWays['answers'] = async (asked) => {
    tick();
    const [one, other] = isPair(asked) ? asked : [asked, asked];
    const short = await send(service.port, draftOf(service, one));
    const long = await send(service.port, withHeader(draftOf(service, other), ...LONG));
    const made = isByTrpc(long) && !isByTrpc(short);
    return { short, long, made };
  };
  return {
    service,
    prepare: async (make) => {
      tick();
      return [await make(worlds[0]), await make(worlds[1])];
    },
    answers,
    compare: async (asked) => {
      const both = await answers(asked);
      expect(told(both.short), describeAsked(asked)).toBe(told(both.long));
      return both;
    },
  };
}

const describeAsked = (asked: Asked | Pair<Asked>): string => {
  const [{ method = '', target, body = '' }] = isPair(asked) ? asked : [asked];
  return `${method} ${target} ${body.toString('utf8').slice(0, 300)}`;
};

/** Signs a call as the client would that was told so; what is open goes unsigned. */
function draftOf({ authority }: TestService, { as, target, body, headers = {}, ...asked }: Asked): Draft {
  const method = asked.method ?? (body === undefined ? 'GET' : 'POST');
  const contentType = asked.contentType ?? (method === 'POST' ? 'application/json' : '');
  const more = Object.entries(headers);
  const by = signerOf(as);
  if (!by) {
    const sent: [string, string][] = [['host', authority]];
    if (contentType !== '') sent.push(['content-type', contentType]);
    return {
      method,
      target,
      headers: [...sent, ...more],
      body: body === undefined ? null : Buffer.from(body),
    };
  }
  const token = isOfSession(target) ? undefined : sessionOf(as)?.accessToken;
  const signed = sign(by, target, {
    ...{ method, contentType, authority },
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
  });
  return { ...signed, headers: [...signed.headers, ...more] };
}

function signerOf(as: KeysealClientOptions): Credentials | null {
  const { apiKey, signingSecret } = as;
  if (apiKey !== undefined && signingSecret !== undefined)
    return { id: apiKey.split('_')[2] as string, apiKey, signingSecret };
  const session = sessionOf(as);
  return session ? { id: session.id, apiKey: null, signingSecret: session.signingSecret } : null;
}

/** Sessions are not shared here, and their secrets are text. */
const sessionOf = ({ session }: KeysealClientOptions) =>
  session as (KeysealSession & { readonly signingSecret: string }) | null | undefined;

const isOfSession = (target: string): boolean =>
  API.procedures.get(target.slice('/api/'.length).split('?', 1)[0] as string)?.guard.access === 'session';
