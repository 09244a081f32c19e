import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formFault } from '../../../shared/form-rules.ts';
import { headerValues } from '../../../shared/request-rules.ts';
import {
  type Body,
  type BodyPayer,
  readCredentials,
  type SignedRequest,
} from '../../gate/request/request.ts';
import { checkHeaders, checkMethod } from '../../gate/request/request-validation.ts';
import { unauthenticatedCaller } from '../../gate/request/throttle.ts';
import type { AddressList } from '../../lib/address-list.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { refusalOfFault } from '../../lib/refusal.ts';
import type { Api } from '../../rpc/procedure-registry.ts';
import { ResponseSigner } from '../response/response-signer.ts';
import { knownAuthority } from './authorities.ts';
import { type BodyTerms, type BufferedBody, checkLength, readBody } from './body.ts';
import type { BodyBudgets } from './body-budgets.ts';
import { readForwardedClient } from './forwarded.ts';
import { type Inputs, lazyInputs } from './parse-inputs.ts';
import { type ParsedBatch, parseProcedures } from './parse-procedures.ts';

/** A well-formed request under `/api`, read once: the procedures it calls, and the gate's view of it. */
export interface ApiRequest extends SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly address: string | null;
  readonly calls: ParsedBatch;
  readonly origin: string | null;
  readonly cookie: string | null;
  readonly userAgent: string | null;
  /** The headers by which tRPC chooses the format of the response to a batch. */
  readonly accept: { readonly accept: string | null; readonly trpcAccept: string | null };
  body(payer: BodyPayer | null): MaybePromise<Body>;
  /** Signs the response; null if the request does not require it. */
  readonly responseSigner: ResponseSigner | null;
  /** Parses the inputs if they are JSON. */
  readonly inputs: Inputs;
  /** Returns the body's bytes to the budget. */
  release(): void;
}

/** What the configuration says about requests: which authorities and proxies are accepted, and how large a body may be. */
export interface RequestSettings {
  readonly authorities: ReadonlyMap<string, string>;
  /** The schemes of each authority. */
  readonly schemes: ReadonlyMap<string, readonly string[]>;
  /** What clients send before `/api` on the request line, whether or not a proxy removes it. */
  readonly basePath: string;
  readonly trustedProxies: AddressList | null;
  readonly bodies: BodyBudgets;
}

const METHODS = ['GET', 'POST'] as const;

export const newRequestId = (): string => randomUUID();

/**
 * Reads a request whose target is well formed and has no base path. Refuses a malformed request before it looks at any
 * credential.
 * @param sendContinue called before the body is read: the client may wait for that (RFC 9110 §10.1.1)
 */
export function readApiRequest(
  request: IncomingMessage,
  sendContinue: () => void,
  id: string,
  api: Api,
  settings: RequestSettings,
): ApiRequest {
  const { values, address, authority, method, calls, isPublic, credentials } = readHead(
    request,
    api,
    settings,
  );
  const { authorization, signature, userToken, contentType } = credentials;
  const terms = (payer: BodyPayer | null) => settings.bodies.termsFor(payer, address, isPublic);
  const { body, release } = lazyBody(request, sendContinue, terms);
  const first = (name: string) => values(name)[0] ?? null;
  const target = settings.basePath + (request.url ?? '');
  const newSigner = () => new ResponseSigner({ id, method, authority, target, ...credentials });
  const responseSigner = values('accept-signature').length > 0 ? newSigner() : null;
  const { payer, failureCounterKey } = unauthenticatedCaller(address);
  // No spread: for properties that follow one, V8 in Node 20 creates new hidden classes with every request. That takes 30 µs,
  // and keeps earlier requests alive until the next full garbage collection.
  return {
    id,
    method,
    authority,
    target,
    authorization,
    signature,
    userToken,
    fields: values,
    contentType,
    calls,
    address,
    payer,
    failureCounterKey,
    procedures: calls.names,
    startedAt: performance.now(),
    schemes: settings.schemes.get(authority) ?? [],
    responseSigner,
    onVerified: responseSigner?.begin,
    origin: first('origin'),
    cookie: values('cookie').length > 0 ? values('cookie').join('; ') : null,
    userAgent: first('user-agent'),
    accept: { accept: first('accept'), trpcAccept: first('trpc-accept') },
    body,
    inputs: lazyInputs({ method, calls, body }),
    release,
  };
}

/** Checks everything but the body, in the order in which violations are reported, and reads the target and the credentials. */
function readHead(request: IncomingMessage, api: Api, settings: RequestSettings) {
  const values = headerValues(request.rawHeaders);
  checkHeaders(request.rawHeaders, values);
  const from = readForwardedClient(request.socket.remoteAddress ?? '', values, settings.trustedProxies);
  const authority = knownAuthority(from, values, settings.authorities);
  const method = checkMethod(request.method, METHODS, values);
  checkLength(request, settings.bodies.limitOf(false));
  const calls = parseProcedures(method, request.url ?? '', api);
  const isPublic = calls.isPublic || calls.session;
  checkLength(request, settings.bodies.limitOf(isPublic));
  const credentials = readCredentials(values);
  if (calls.session && credentials.authorization !== null)
    throw refusalOfFault(formFault('refresh-authorization', 'headers.authorization'));
  return { values, address: from.address, authority, method, calls, isPublic, credentials };
}

/** A body that is read once, at its first use, and charged to the payer of that use. */
function lazyBody(
  request: IncomingMessage,
  sendContinue: () => void,
  termsFor: (payer: BodyPayer | null) => BodyTerms,
): Pick<ApiRequest, 'body' | 'release'> {
  let reading: MaybePromise<BufferedBody> | undefined;
  // A refusal is kept too: the body can be read only once, and the next read would find it empty.
  const read = (payer: BodyPayer | null): MaybePromise<BufferedBody> => {
    sendContinue();
    try {
      return readBody(request, termsFor(payer));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const settle = (buffered: BufferedBody) => {
    reading = buffered;
    return buffered.body;
  };
  return {
    body: (payer) => {
      reading ??= read(payer);
      return andThen(reading, settle);
    },
    release: () => {
      if (!(reading instanceof Promise)) return reading?.release();
      reading.then(
        (buffered) => buffered.release(),
        () => {},
      );
    },
  };
}
