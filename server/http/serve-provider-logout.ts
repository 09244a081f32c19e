import type { IncomingMessage, ServerResponse } from 'node:http';
import { formFault } from '../../shared/form-rules.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { logOutByProvider } from '../auth/external/backchannel-logout.ts';
import { BACKCHANNEL_LOGOUT_PATH } from '../auth/external/registered-urls.ts';
import { Refusal, refusalOfFault } from '../lib/refusal.ts';
import { refusalOf } from '../rpc/procedure-refusal.ts';
import { newRequestId } from './request/api-request.ts';
import { type BufferedBody, checkLength, hasBody, readBody } from './request/body.ts';
import { expectsContinue } from './request/expectation.ts';
import { clientAddress } from './request/forwarded.ts';
import { mediaTypeOf } from './request/media-type.ts';
import { baseHeaders, JSON_TYPE, send, sentRefusalHeaders } from './response/response.ts';
import type { ServerContext } from './server-context.ts';

const WRONG_METHOD = formFault('method-not-taken', 'method', 'METHOD_NOT_SUPPORTED', 'must be POST');
const noToken = () => new Refusal('SIGN_IN_INVALID', {}, 'the request is not a form with one logout_token');

/** Statuses that are about the request or its sender, not about the logout. */
const REQUEST_FAULT_STATUSES: ReadonlySet<number> = new Set([405, 408, 413, 429]);

/**
 * Serves the URL to which identity providers post logout tokens, as a form (OpenID Connect Back-Channel Logout 1.0 §2.5).
 * Responds with 200, or with 400 and no reason, in the standard's format (§2.8): the log has the reason.
 */
export async function serveProviderLogout(
  request: IncomingMessage,
  response: ServerResponse,
  serverContext: ServerContext | null,
): Promise<void> {
  const id = newRequestId();
  try {
    if (!serverContext || serverContext.service.stores.vault.lacksNewestKey) throw new Refusal('UNAVAILABLE');
    const { service, requestSettings } = serverContext;
    const values = headerValues(request.rawHeaders);
    const address = clientAddress(request.socket.remoteAddress ?? '', values, requestSettings.trustedProxies);
    const token = await readToken(request, response, serverContext, address);
    await logOutByProvider(service, token, { id, address });
    send(response, 200, [baseHeaders(id)], '');
  } catch (error) {
    const refusal = refusalOf(error);
    if (serverContext) noteFailure(serverContext, refusal, id);
    sendFailure(request, response, refusal, id);
  }
}

/** The logout token in the form that a request sends. */
async function readToken(
  request: IncomingMessage,
  response: ServerResponse,
  { requestSettings }: ServerContext,
  address: string | null,
): Promise<string> {
  if (request.method !== 'POST') throw refusalOfFault(WRONG_METHOD);
  const type = mediaTypeOf(request.headers['content-type'] ?? '');
  if (type !== 'application/x-www-form-urlencoded') throw noToken();
  const terms = requestSettings.bodies.termsFor(null, address, true);
  checkLength(request, terms.limit);
  if (expectsContinue(request)) response.writeContinue();
  const { body, release }: BufferedBody = await readBody(request, terms);
  try {
    const given = new URLSearchParams(Buffer.from(body.bytes).toString('utf8')).getAll('logout_token');
    if (given.length !== 1) throw noToken();
    return given[0] as string;
  } finally {
    release();
  }
}

/** An outage is logged as an error. Anyone can send an invalid token, so only the level `debug` shows why it was refused. */
function noteFailure({ service, refusalLog }: ServerContext, refusal: Refusal, requestId: string): void {
  const { reason, cause } = refusal;
  if (refusal.status >= 500) return void refusalLog.record(refusal, requestId, BACKCHANNEL_LOGOUT_PATH);
  const why = cause instanceof Error ? cause.message : undefined;
  service.log.debug({ requestId, reason, why }, 'the logout of an identity provider was refused');
}

/** A logout that failed gets 400, whatever the reason (§2.8). */
function sendFailure(request: IncomingMessage, response: ServerResponse, refusal: Refusal, id: string): void {
  const isOutage = refusal.status >= 500;
  const status = REQUEST_FAULT_STATUSES.has(refusal.status) ? refusal.status : 400;
  const headers = {
    ...baseHeaders(id),
    ...JSON_TYPE,
    ...sentRefusalHeaders(refusal),
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(!request.complete && hasBody(request) ? { connection: 'close' } : {}),
  };
  const error = isOutage ? 'temporarily_unavailable' : 'invalid_request';
  send(response, status, [headers], JSON.stringify({ error }));
}
