export type { ProcedureGuard } from '../shared/guard.ts';
export type { Permission } from '../shared/permissions.ts';
export type { Reason, RefusalData } from '../shared/refusals.ts';
export {
  createKeysealClient,
  type KeysealClient,
  type KeysealClientOptions,
} from './create-client.ts';
export type {
  Credentials,
  KeyCredentials,
  PrivateKeyCredentials,
  SessionCredentials,
} from './credentials.ts';
export { KeysealHttpError } from './http-error.ts';
export type { Receipt } from './receipt.ts';
export { KeysealRefusal } from './refusal.ts';
export type { ResponseKeySet } from './response-key.ts';
export { type ResponseProblem, ResponseUnverified } from './response-unverified.ts';
export type { RetryOptions } from './retry-link.ts';
export type { KeysealRouter, RouterOf } from './router.ts';
export type { Routes } from './routes.ts';
export type { KeysealSession, SharedSession } from './session.ts';
export { signRequest } from './sign-request.ts';
export type { CustomFetch, FetchInit, FetchResponse } from './transport.ts';
export type { UserTokenSource } from './user-token.ts';
