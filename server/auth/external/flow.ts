import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { isFuture } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import { cookieOf, hostCookie } from '../cookies.ts';
import { requirePublicOrigin } from '../refresh-cookie.ts';
import { decryptState, encryptState } from '../sign-in-state.ts';

/** How long a person has to sign in at the provider, in milliseconds. */
const FLOW_LIFETIME_MS = 10 * MINUTE_MS;
const COOKIE = '__Host-keyseal-sign-in';
/** The state of a flow that links an identity begins with it, so that a page knows what to finish. */
const LINK = 'link-';

/** What the service must remember while a person is at the provider. */
const Flow = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The name of the issuer: the response must come from it. */
  issuer: z.string(),
  redirectUri: z.string(),
  returnTo: z.string(),
  /** The person to whom the identity will be linked; null for a sign-in. */
  userId: z.string().nullable(),
  /**
   * The digest of the account's password hash when the person gave the password to link an identity: a password that was
   * changed in the meantime links nothing. Absent for a sign-in, and from an older version.
   */
  passwordDigest: z.string().optional(),
  /** Whether the provider must ask the person for a proof again. Absent from an older version. */
  fresh: z.boolean().optional(),
  /** Unix milliseconds. */
  expiresAt: z.number(),
});
export type Flow = z.infer<typeof Flow>;

const STATE = {
  place: { table: 'sign_in_flows', column: 'flow', row: 'flow' },
  schema: Flow,
  maxLength: 6_000,
};

/** A person who links an identity, and the digest of the hash of the password that they gave. */
export interface Linker {
  readonly userId: string;
  readonly passwordDigest: string;
}

/** A flow with new secrets (RFC 7636 §4.1, RFC 9700 §2.1). */
export function newFlow(
  to: Pick<Flow, 'issuer' | 'redirectUri' | 'returnTo' | 'fresh'>,
  linker: Linker | null,
  now: number,
): Flow {
  const random = () => randomBytes(32).toString('base64url');
  const state = `${linker === null ? '' : LINK}${random()}`;
  const person = linker ? { ...linker } : { userId: null };
  return { ...to, ...person, state, nonce: random(), verifier: random(), expiresAt: now + FLOW_LIFETIME_MS };
}

/** When a flow began, in unix milliseconds. */
export const beginOf = ({ expiresAt }: Flow): number => expiresAt - FLOW_LIFETIME_MS;

/** Gives a flow to the browser: into a cookie, or into the response for a page that keeps it itself. */
export function handOverFlow(ctx: Context, flow: Flow, cookie: boolean): string | null {
  const encrypted = encryptState(ctx.service.stores.vault, STATE, flow);
  if (!cookie) return encrypted;
  requirePublicOrigin(ctx);
  ctx.cookies.push(hostCookie(COOKIE, encrypted, FLOW_LIFETIME_MS / 1000));
  return null;
}

interface FlowInput {
  readonly flow?: string | undefined;
  readonly cookie?: boolean | undefined;
}

/**
 * The flow that this browser began, which the browser then forgets.
 * @param userId the person who links an identity; null for a sign-in
 * @throws Refusal SIGN_IN_INVALID if it is missing, forged, too old, or of another kind or person; ACCESS_DENIED if a page
 *   of another origin uses the cookie
 */
export function takeFlow(ctx: Context, { flow, cookie }: FlowInput, userId: string | null): Flow {
  if (cookie) requirePublicOrigin(ctx);
  const encrypted = cookie ? cookieOf(ctx.request.cookie, COOKIE) : flow;
  if (cookie && encrypted) ctx.cookies.push(hostCookie(COOKIE, '', 0));
  const { vault, clock } = ctx.service.stores;
  const found = decryptState(vault, STATE, encrypted ?? '');
  if (!found || found.userId !== userId || !isFuture(found.expiresAt, clock()))
    throw new Refusal('SIGN_IN_INVALID', {}, 'this browser did not begin the sign-in, or too long ago');
  return found;
}
