import { expect } from 'vitest';
import type { KeysealClientOptions, KeysealSession } from '../../client/index.ts';
import { routes } from '../../server/app/routes.ts';
import { type Api, buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { newWorld, type World } from '../contract/calls.ts';
import { ODD, STREAMED, UNWRITABLE } from './edge-case-outputs.ts';
import { startHostileIssuer } from './hostile-issuer.ts';
import { signInEntry } from './hostile-sign-in.ts';
import { normalizeResponse } from './normalize-response.ts';
import { startTestService, type TestService } from './service.ts';
import { type Answer, type Credentials, type Draft, send, sendInTwo, sign, withHeader } from './wire.ts';

/** A call before it is signed. */
export interface UnsignedCall {
  /** The caller, as options of a client. */
  readonly as: KeysealClientOptions;
  readonly method?: string;
  readonly target: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answers to one request: the direct one of `server/http/json-calls.ts`, and tRPC's own. */
export interface BothAnswers {
  readonly direct: Answer;
  readonly viaTrpc: Answer;
  /** Whether each of the two paths was taken; otherwise the request was refused before, or only tRPC can answer it. */
  readonly ran: boolean;
}

/** Two identical worlds on one service, one for each path, that receive the same requests at the same time. */
export interface Differential {
  readonly service: TestService;
  /** Creates the same thing in each world, one after the other. */
  prepare<T>(make: (world: World) => T | Promise<T>): Promise<Pair<T>>;
  /** Sends a call down both paths, and fails if the answers differ by more than `INTENDED`. */
  compare(asked: UnsignedCall | Pair<UnsignedCall>): Promise<BothAnswers>;
  /**
   * Sends a call whole, then with its body in two parts, of which only the first is there when its procedure is found. Fails
   * if the answers differ at all.
   */
  compareInTwo(asked: UnsignedCall & { readonly body: string | Buffer }): Promise<void>;
  /**
   * Sends a call twice down the direct path, with something in the service replaced during the second. Fails if the answers
   * differ.
   */
  compareReplaced(
    asked: UnsignedCall | Pair<UnsignedCall>,
    replace: (isReplaced: boolean) => void,
  ): Promise<Answer>;
  /** Sends a call down both paths. */
  answers(asked: UnsignedCall | Pair<UnsignedCall>): Promise<BothAnswers>;
}

/** For the direct path, and for tRPC's. */
export type Pair<T> = readonly [direct: T, viaTrpc: T];

const isPair = <T>(one: T | Pair<T>): one is Pair<T> => Array.isArray(one);

/**
 * A request with this header is answered by tRPC's own `resolveResponse`. Since it asks for no stream, the answer is
 * the same. The header is not signed: both requests are equal to the gate.
 */
const TRPC_HEADER = ['trpc-accept', 'application/json'] as const;
/** Recognizes tRPC's own response. */
const isByTrpc = ({ headers }: Answer): boolean => headers['vary'] === 'trpc-accept, accept';

/** Keyseal's procedures, and `odd.*`, which answer and fail in every possible way. */
export const API: Api = buildRegistry(router({ ...routes, odd: oddRoutes() }));

function oddRoutes() {
  const of = (end: () => unknown) => procedure({ access: 'any', cost: 0 }).query(end);
  return Object.fromEntries(
    Object.entries({ ...ODD, ...UNWRITABLE, ...STREAMED }).map(([name, end]) => [name, of(end)]),
  );
}

export async function startDifferential(): Promise<Differential> {
  // Frozen while both requests are sent, so that both responses contain the same times.
  let at = Date.now();
  const clock = () => at;
  const issuer = await startHostileIssuer(clock);
  const env = {
    KEYSEAL_ADDRESS_FAILURES: '1000000',
    KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { workload: true })]),
  };
  const service = await startTestService({ env, clock, api: API });
  const tick = () => {
    at = Math.max(at + 1, Date.now());
  };
  const worlds = [await newWorld(service, issuer), await newWorld(service, issuer)] as const;
  const answers: Differential['answers'] = async (asked) => {
    tick();
    const [one, other] = isPair(asked) ? asked : [asked, asked];
    const direct = await send(service.port, draftOf(service, one));
    const viaTrpc = await send(service.port, withHeader(draftOf(service, other), ...TRPC_HEADER));
    const ran = isByTrpc(viaTrpc) && !isByTrpc(direct);
    return { direct, viaTrpc, ran };
  };
  return {
    service,
    prepare: async (make) => {
      tick();
      return [await make(worlds[0]), await make(worlds[1])];
    },
    answers,
    compareInTwo: async (asked) => {
      tick();
      const draft = () => ({ ...draftOf(service, asked), body: Buffer.from(asked.body) });
      const whole = await send(service.port, draft());
      const inTwo = await sendInTwo(service.port, draft());
      expect(comparable(inTwo), describeAsked(asked)).toBe(comparable(whole));
    },
    compareReplaced: async (asked, replace) => {
      tick();
      const [one, other] = isPair(asked) ? asked : [asked, asked];
      const usual = await send(service.port, draftOf(service, one));
      replace(true);
      const replaced = await send(service.port, draftOf(service, other)).finally(() => replace(false));
      expect(normalizeResponse(replaced), describeAsked(asked)).toBe(normalizeResponse(usual));
      return usual;
    },
    compare: async (asked) => {
      const both = await answers(asked);
      expect(normalizeResponse(both.direct), describeAsked(asked)).toBe(normalizeResponse(both.viaTrpc));
      return both;
    },
  };
}

/** An answer without the id of its request. */
const comparable = ({ status, headers, text }: Answer): string => {
  const { date: _, 'x-request-id': id, ...others } = headers;
  return JSON.stringify([status, others, text.replaceAll(String(id), '<id>')]);
};

const describeAsked = (asked: UnsignedCall | Pair<UnsignedCall>): string => {
  const [{ method = '', target, body = '' }] = isPair(asked) ? asked : [asked];
  return `${method} ${target} ${body.toString('utf8').slice(0, 300)}`;
};

/** Signs a call as a client with these options would; a public call goes unsigned. */
function draftOf(
  { authority }: TestService,
  { as, target, body, headers = {}, ...asked }: UnsignedCall,
): Draft {
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

/** Sessions are not shared here, and their secrets are strings. */
const sessionOf = ({ session }: KeysealClientOptions) =>
  session as (KeysealSession & { readonly signingSecret: string }) | null | undefined;

const isOfSession = (target: string): boolean =>
  API.procedures.get(target.slice('/api/'.length).split('?', 1)[0] as string)?.guard.access === 'session';
