import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ONE_LINE } from '../../shared/one-line.ts';
import { parseUrl } from '../../shared/parse-url.ts';
import { ROLES, type Role } from '../../shared/roles.ts';
import { ClientKey } from './client-key.ts';

/** The signature algorithms (RFC 7518 §3.1, RFC 8037, RFC 9864) that a trusted issuer may use. Each needs a public key. */
const ISSUER_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'] as const;

/** RFC 9864 gives EdDSA with the curve Ed25519 a separate name: an entry that accepts the old name accepts the new one. */
const withNewNames = (algorithms: readonly string[]): readonly string[] =>
  algorithms.includes('EdDSA') ? [...new Set([...algorithms, 'Ed25519'])] : algorithms;

const DEFAULT_SCOPES = ['openid', 'email', 'profile'];

/** Which persons of an issuer belong to a workspace, and with which role. */
export interface JoinRule {
  readonly workspace: string;
  readonly role: Role;
  /** A claim of the token, and the value that it has or, if it is a list, contains. */
  readonly claim?: string | undefined;
  readonly value?: string | undefined;
  /** The domain of an e-mail address that the issuer has verified. */
  readonly emailDomain?: string | undefined;
}

/** How people sign in with an issuer (OpenID Connect Core §3.1). */
export interface SignInConfig {
  readonly clientId: string;
  /** Null for a client with a key, or for a public one, which only PKCE protects. */
  readonly clientSecret: string | null;
  /** Signs the requests to the provider (RFC 9101), and authenticates a client without a secret (RFC 7523); null if there is none. */
  readonly clientKey: ClientKey | null;
  readonly scopes: readonly string[];
  /** The issuer's name on the sign-in page. */
  readonly title: string;
  /** Whether every e-mail address in its tokens counts as verified. */
  readonly trustEmail: boolean;
  /** Whether every sign-in with it counts as one with a second factor. */
  readonly secondFactor: boolean;
  /** Whether signing out of Keyseal ends the provider's session too (OpenID Connect RP-Initiated Logout 1.0). */
  readonly endSession: boolean;
}

/** An issuer whose user tokens the service accepts alongside an API key, with which people sign in, or whose workloads get keys. */
export interface IssuerConfig {
  readonly name: string;
  /** Compared with the claim `iss` character by character. */
  readonly issuer: string;
  /** A token is accepted if its `aud` names one of these. */
  readonly audiences: readonly string[];
  /** The client ID of Keyseal itself, for sign-in and logout; null if it has none. */
  readonly clientId: string | null;
  /**
   * The clients whose user tokens are accepted: if a token has `azp` or `client_id`, it must name one of them. Null accepts
   * tokens of all clients.
   */
  readonly clients: readonly string[] | null;
  readonly algorithms: readonly string[];
  /** Where its keys are published; null finds it by OpenID Connect Discovery. */
  readonly jwksUri: string | null;
  /** Seconds by which the clocks of the issuer and of the service may differ. */
  readonly clockTolerance: number;
  /** Without rules a person may do what the key may do. */
  readonly join: readonly JoinRule[];
  /** Whether its tokens are accepted as user tokens alongside a key. */
  readonly userToken: boolean;
  /** Whether workspaces may exchange tokens of its workloads for keys. */
  readonly workload: boolean;
  /** Null if people cannot sign in with it. */
  readonly signIn: SignInConfig | null;
}

const url = z
  .string('accepts an https URL')
  .refine((text) => isPlainUrl(text), 'accepts an https URL in ASCII, without user, query and fragment');

const Rule = z
  .strictObject({
    workspace: z.string().min(1),
    role: z.enum(ROLES),
    // A claim with this name is dropped when a token is read, so the rule would never match.
    claim: z
      .string()
      .min(1)
      .refine((name) => name !== '__proto__', 'accepts a claim that rules can read')
      .optional(),
    value: z.string().min(1).optional(),
    emailDomain: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'accepts a domain in lower case')
      .optional(),
  })
  .refine(
    (rule) => (rule.claim === undefined) === (rule.value === undefined),
    'requires claim and value together',
  )
  .refine(
    (rule) => (rule.claim === undefined) !== (rule.emailDomain === undefined),
    'accepts either claim and value, or emailDomain',
  );

/** A scope token (RFC 6749 §3.3). */
const Scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'accepts scope names');
const Scopes = z
  .array(Scope)
  .max(32)
  .refine((scopes) => scopes.includes('openid'), 'must include the scope "openid"');

const Issuer = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must consist of lowercase letters, digits and hyphens'),
    issuer: url,
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(16)]).optional(),
    clientId: z.string().min(1).optional(),
    clientSecret: z.string().min(1).optional(),
    clientKey: ClientKey.optional(),
    clients: z.array(z.string().min(1)).min(1).max(100).optional(),
    algorithms: z.array(z.enum(ISSUER_ALGORITHMS)).min(1).optional(),
    jwksUri: url.optional(),
    clockTolerance: z.int().min(0).max(300).optional(),
    userToken: z.literal(true).optional(),
    signIn: z.literal(true).optional(),
    workload: z.literal(true).optional(),
    scopes: Scopes.optional(),
    title: z.string().regex(ONE_LINE).min(1).max(50).optional(),
    trustEmail: z.boolean().optional(),
    secondFactor: z.boolean().optional(),
    endSession: z.boolean().optional(),
    join: z.array(Rule).max(1000).optional(),
  })
  .refine(
    ({ userToken, signIn, workload }) => userToken || signIn || workload,
    'needs userToken: true, signIn: true or workload: true',
  )
  .refine(({ userToken, audience }) => !userToken || audience, {
    path: ['audience'],
    message: 'is required with userToken: true',
  })
  .refine(({ userToken, clients }) => userToken || clients === undefined, {
    path: ['clients'],
    message: 'needs userToken: true',
  })
  .refine(({ signIn, clientId }) => !signIn || clientId, {
    path: ['clientId'],
    message: 'is required with signIn: true',
  })
  .refine(
    ({ signIn, clientSecret, clientKey, scopes, title, trustEmail, secondFactor, endSession }) =>
      signIn ||
      (clientSecret ?? clientKey ?? scopes ?? title ?? trustEmail ?? secondFactor ?? endSession) ===
        undefined,
    'needs signIn: true with clientSecret, clientKey, scopes, title, trustEmail, secondFactor or endSession',
  );

/** `KEYSEAL_ISSUERS`: the identity providers that the service trusts, as JSON. */
const Issuers = z.array(Issuer, 'is not a list').max(32, 'has more than 32 issuers');

/**
 * Reads the issuers from the value of `KEYSEAL_ISSUERS`.
 * @returns the issuers, or what is wrong with the value, to follow the variable's name
 */
export function parseIssuers(text: string): readonly IssuerConfig[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'accepts a JSON array of issuers, but is not JSON';
  }
  const parsed = Issuers.safeParse(value);
  if (!parsed.success) return sentence(parsed.error);
  const issuers = parsed.data.map(issuerOf);
  const repeated =
    repeatedOf(issuers.map(({ name }) => name)) ?? repeatedOf(issuers.map(({ issuer }) => issuer));
  return repeated === null
    ? issuers
    : `accepts each name and each issuer once, with all that it is for in one entry, but has "${repeated}" twice`;
}

/** Reads the file of `KEYSEAL_ISSUERS_FILE`. @returns its content; null if it cannot be read */
export function readIssuersFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The audiences of tokens that name people of an issuer: no token for one of them is a workload's. */
export const audiencesOfPeople = ({ audiences, userToken, signIn }: IssuerConfig): string[] => [
  ...(userToken ? audiences : []),
  ...(signIn ? [signIn.clientId] : []),
];

/** The URLs from which an issuer's keys are read. */
export const urlsOf = ({ issuer, jwksUri }: IssuerConfig): string[] =>
  jwksUri === null ? [issuer] : [issuer, jwksUri];

function issuerOf(given: z.infer<typeof Issuer>): IssuerConfig {
  const {
    name,
    issuer,
    audience = [],
    clientId = null,
    clients = clientId === null ? null : [clientId],
    jwksUri = null,
    clockTolerance = 0,
    join = [],
  } = given;
  const audiences = typeof audience === 'string' ? [audience] : audience;
  const { userToken = false, workload = false } = given;
  const algorithms = withNewNames(given.algorithms ?? ISSUER_ALGORITHMS);
  const shared = { name, issuer, audiences, clientId, clients, algorithms, jwksUri, clockTolerance, join };
  return { ...shared, userToken, workload, signIn: signInOf(given) };
}

function signInOf({ signIn, clientId, ...given }: z.infer<typeof Issuer>): SignInConfig | null {
  if (!signIn || clientId === undefined) return null;
  const { name, scopes = DEFAULT_SCOPES, title = name, clientSecret: secret = null } = given;
  const { trustEmail = false, secondFactor = false, endSession = false, clientKey = null } = given;
  return { clientId, clientSecret: secret, clientKey, scopes, title, trustEmail, secondFactor, endSession };
}

/**
 * Printable ASCII with a scheme and a host as they are written: URL parsers repair other strings, and would reach a host that
 * no reader sees.
 */
const PLAIN_URL = /^https?:\/\/[^/@?#\\]+(?:\/[^?#\\]*)?$/i;

/** An issuer is an https URL (RFC 8414 §2). The configuration refuses http for any host but this machine. */
const isPlainUrl = (text: string): boolean =>
  /^[!-~]+$/.test(text) && PLAIN_URL.test(text) && parseUrl(text) !== null;

const repeatedOf = (texts: readonly string[]) => texts.find((text, i) => texts.indexOf(text) !== i) ?? null;

/** Names the property that is wrong, never its value: it may be a client secret. */
function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  const unknown = issue?.code === 'unrecognized_keys' ? `has the unknown member ${issue.keys[0]}` : null;
  const fault = unknown ?? issue?.message ?? 'is wrong';
  return path === '' ? `accepts a JSON array of issuers: ${fault}` : `is wrong at ${path}: ${fault}`;
}
