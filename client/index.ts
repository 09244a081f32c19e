export type { ProcedureGuard } from '../shared/guard.ts';
export type { Permission } from '../shared/permissions.ts';
export type { Reason, RefusalData } from '../shared/refusals.ts';
export { KeysealHttpError } from './calls/http-error.ts';
export { KeysealRefusal } from './calls/refusal.ts';
export type { RetryOptions } from './calls/retry-link.ts';
export type { CustomFetch, FetchInit, FetchResponse } from './calls/transport.ts';
export {
  createKeysealClient,
  type KeysealClient,
  type KeysealClientOptions,
} from './create-client.ts';
export type { Receipt } from './responses/receipt.ts';
export type { ResponseKeySet } from './responses/response-key.ts';
export { type ResponseProblem, ResponseUnverified } from './responses/response-unverified.ts';
export type { KeysealRouter, RouterOf } from './router.ts';
export type { Routes } from './routes.ts';
export type { KeySession, KeysealSession, SharedSession } from './sessions/session.ts';
export { signRequest } from './sign-request.ts';
export type {
  Credentials,
  KeyCredentials,
  PrivateKeyCredentials,
  SessionCredentials,
  SessionKeyCredentials,
} from './signing/credentials.ts';
export type { UserTokenSource } from './user-token.ts';
