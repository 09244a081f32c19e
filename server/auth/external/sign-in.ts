import { throttleByClient, unauthenticatedCaller } from '../../gate/request/throttle.ts';
import { inputRefusal, Refusal } from '../../lib/refusal.ts';
import type { Context, Service } from '../../rpc/trpc.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { authorizationUrl, identify } from './exchange.ts';
import { type Flow, handOverFlow, type Linker, newFlow, takeFlow } from './flow.ts';
import { redirectUriFor } from './return-to.ts';
import type { FinishSignInInput, StartSignInInput } from './schemas.ts';
import { type IdentifiedPerson, signInPerson } from './sign-in-person.ts';

/** The provider's page, and what the browser keeps until it returns. */
export interface StartedSignIn {
  readonly url: string;
  /** Null if it is in a cookie. */
  readonly flow: string | null;
}

/**
 * Begins a sign-in with an issuer, or the linking of an identity. Keeps nothing: the browser keeps the flow.
 * @param linker the person to whom the identity will be linked; null for a sign-in
 * @throws Refusal INPUT_INVALID for an unknown issuer or a `returnTo` elsewhere, UNAVAILABLE if the provider is unavailable,
 *   TOO_MANY_FAILURES if too many calls from an IP address that fails too often are waiting
 */
export async function startFlow(
  ctx: Context,
  input: StartSignInInput,
  linker: Linker | null,
): Promise<StartedSignIn> {
  const { stores, config } = ctx.service;
  const start = () => beginFlow(ctx, input, linker);
  // A person who links an identity has signed the call.
  if (linker !== null) return start();
  return throttleByClient(unauthenticatedCaller(ctx.request.address), config.failures.address, stores, start);
}

async function beginFlow(
  ctx: Context,
  { issuer: name, returnTo, cookie = false, fresh = false }: StartSignInInput,
  linker: Linker | null,
): Promise<StartedSignIn> {
  const { clock } = ctx.service.stores;
  const issuer = issuerNamed(ctx.service, name);
  if (!issuer) throw inputRefusal('issuer', 'is not known');
  const redirectUri = redirectUriFor(ctx, name, returnTo);
  const flow = newFlow({ issuer: name, redirectUri, returnTo, fresh }, linker, clock());
  const url = await authorizationUrl(issuer, flow, unauthenticatedCaller(ctx.request.address).payer);
  return { url, flow: handOverFlow(ctx, flow, cookie) };
}

/**
 * The person with whom a provider sent the browser back, and where that person wanted to go.
 * @throws Refusal SIGN_IN_INVALID, TOO_MANY_FAILURES, UNAVAILABLE
 */
export async function finishFlow(
  ctx: Context,
  input: FinishSignInInput,
  userId: string | null,
): Promise<IdentifiedPerson & Pick<Flow, 'returnTo' | 'passwordDigest'>> {
  const { stores, config } = ctx.service;
  const client = unauthenticatedCaller(ctx.request.address);
  return throttleByClient(client, config.failures.address, stores, async () => {
    const flow = takeFlow(ctx, input, userId);
    const issuer = issuerNamed(ctx.service, flow.issuer);
    if (!issuer) throw new Refusal('SIGN_IN_INVALID', {}, 'the issuer is no longer configured');
    const { idToken, claims } = await identify(
      issuer,
      { flow, callback: input.url },
      client.payer,
      stores.clock,
    );
    const { state, returnTo, passwordDigest } = flow;
    return { issuer, idToken, claims, state, returnTo, passwordDigest };
  });
}

/**
 * Logs why what a provider sent was refused, for an operator who connects a provider. Anyone can cause it, so the level is
 * `debug`.
 * @param what what was refused, such as `a sign-in`
 */
export async function loggingRefusals<T>(
  { request, service }: Context,
  what: string,
  finish: () => Promise<T>,
): Promise<T> {
  try {
    return await finish();
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) {
      const why = error.cause instanceof Error ? error.cause.message : undefined;
      service.log.debug({ requestId: request.id, reason: error.reason, why }, `${what} was refused`);
    }
    throw error;
  }
}

/** Finishes a sign-in: begins the session of the person whom the provider has identified. */
export function finishSignIn(ctx: Context, input: FinishSignInInput) {
  return loggingRefusals(ctx, 'a sign-in', async () => {
    const { returnTo, ...identified } = await finishFlow(ctx, input, null);
    return { ...(await signInPerson(ctx, identified)), returnTo };
  });
}

const issuerNamed = ({ stores }: Service, name: string): SignInIssuer | undefined =>
  stores.issuers.forSignIn.find((issuer) => issuer.name === name);
