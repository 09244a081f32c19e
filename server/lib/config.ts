import type { z } from 'zod';
import { DEFAULT_BRAND } from '../../shared/brand.ts';
import { PERMISSIONS } from '../../shared/permissions.ts';
import type { AddressList } from './address-list.ts';
import type { Logo } from './brand-config.ts';
import { type MasterKey, Variables } from './env-schema.ts';
import { type IssuerConfig, urlsOf } from './issuer-config.ts';
import { passkeyDomainFault } from './passkey-domain.ts';
import { isServiceLink, unknownVariable } from './unknown-variables.ts';
import { withoutLineEnd } from './without-line-end.ts';

/** The configuration is invalid. The message is a sentence that names the variable and what it accepts. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Load balancers probe readiness every few seconds, and whatever stops the process waits at least ten seconds (Docker), so that
 * there is time for calls in progress.
 */
const DRAIN_SECONDS = 5;

export type SignUpMode = 'open' | 'first';

export interface Config {
  readonly production: boolean;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** A port for `/metrics` alone; null serves it on `port`. */
  readonly metricsPort: number | null;
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /**
   * The first key encrypts. Null outside production: then the service creates one and stores it in the data directory.
   */
  readonly masterKeys: readonly MasterKey[] | null;
  /** Each with its base path, which is the same for all. Null for the listening address and localhost. */
  readonly publicOrigins: readonly string[] | null;
  /** The path below which clients reach the service, such as `/keyseal`; empty without one. */
  readonly basePath: string;
  readonly issuer: string | null;
  /** Issuers whose user tokens are accepted alongside a key. */
  readonly issuers: readonly IssuerConfig[];
  readonly corsOrigins: readonly string[];
  /** The domain on whose pages a passkey works; null for the host of each page. */
  readonly passkeyDomain: string | null;
  /** The permissions of the router and of `KEYSEAL_PERMISSIONS`. */
  readonly permissions: readonly string[];
  readonly trustedProxies: AddressList | null;
  readonly signUp: SignUpMode;
  readonly setupToken: string | null;
  readonly demo: boolean;
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
  /** The prefix of an API key. */
  readonly brand: string;
  /** The name, the logo and the colour that the console shows. */
  readonly branding: {
    readonly name: string;
    readonly logo: Logo | null;
    /** `#rrggbb`; null for Keyseal's own. */
    readonly color: string | null;
  };
  readonly bodies: {
    /** Bytes of one body. */
    readonly maxBody: number;
    /** The minimum rate of a sender with a valid bearer, in bytes per second; twice as much for others. */
    readonly minRate: number;
    /** Milliseconds over which that is averaged. */
    readonly windowMs: number;
  };
  /** Failures above which an IP address (per minute) or an account (per hour) is throttled. */
  readonly failures: { readonly address: number; readonly account: number };
  /** Calls that one session may make in a minute. */
  readonly sessionCalls: number;
  /** Seconds between two heartbeats of an open stream. */
  readonly heartbeatSeconds: number;
  /** Seconds for which the service still serves after SIGTERM, while `/readyz` is 503. */
  readonly drainSeconds: number;
  /** Seconds for which a connection may wait for its next request. */
  readonly keepAliveSeconds: number;
  /** Seconds within which a whole request must arrive; 0 if only the minimum rate applies. */
  readonly requestSeconds: number;
  /** Seconds for which startup waits for other database sessions. */
  readonly startWaitSeconds: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;
const isLoopback = (host: string) => LOOPBACK.test(host);

/**
 * Reads the environment once. An empty variable counts as absent, and a line break after a value is not part of it.
 * @throws ConfigError with one sentence
 */
export function readConfig(env: Record<string, string | undefined>, terminal = false): Config {
  const vars = parseVariables(env);
  const origins = vars.KEYSEAL_PUBLIC_ORIGINS?.length ? vars.KEYSEAL_PUBLIC_ORIGINS : null;
  const onlyLoopback =
    isLoopback(vars.HOST) &&
    (origins ?? []).every((item) => isLoopback(new URL(item).hostname)) &&
    vars.DATABASE_URL === undefined;
  const production = vars.NODE_ENV === 'production' || (vars.NODE_ENV === undefined && !onlyLoopback);
  if (vars.KEYSEAL_METRICS_PORT === vars.PORT && vars.PORT !== 0) {
    throw new ConfigError(`KEYSEAL_METRICS_PORT and PORT must differ, but both are ${vars.PORT}.`);
  }
  if (production) {
    requireForProduction(vars.KEYSEAL_MASTER_KEYS, origins, vars.NODE_ENV === undefined);
    if (vars.KEYSEAL_ALLOW_HTTP === 'off') refuseHttp(vars);
  }
  return {
    production,
    host: vars.HOST,
    port: vars.PORT,
    metricsPort: vars.KEYSEAL_METRICS_PORT ?? null,
    databaseUrl: vars.DATABASE_URL ?? null,
    dataDir: vars.KEYSEAL_DATA_DIR,
    masterKeys: vars.KEYSEAL_MASTER_KEYS ?? null,
    publicOrigins: origins,
    basePath: origins === null ? '' : new URL(origins[0] as string).pathname.replace(/\/$/, ''),
    issuer: vars.KEYSEAL_ISSUER ?? null,
    issuers: issuersIn(vars, origins),
    corsOrigins: vars.KEYSEAL_CORS_ORIGINS,
    passkeyDomain: passkeyDomainIn(vars, origins),
    permissions: [...new Set([...PERMISSIONS, ...vars.KEYSEAL_PERMISSIONS])],
    trustedProxies: vars.KEYSEAL_TRUSTED_PROXIES ?? null,
    signUp: vars.KEYSEAL_SIGN_UP ?? (production ? 'first' : 'open'),
    setupToken: vars.KEYSEAL_SETUP_TOKEN ?? null,
    demo: vars.KEYSEAL_DEMO === undefined ? !production : vars.KEYSEAL_DEMO === 'on' && !production,
    logLevel: vars.KEYSEAL_LOG_LEVEL,
    logFormat: vars.LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
    brand: vars.KEYSEAL_BRAND,
    branding: brandingIn(vars),
    bodies: bodiesIn(vars),
    failures: { address: vars.KEYSEAL_ADDRESS_FAILURES, account: vars.KEYSEAL_ACCOUNT_FAILURES },
    sessionCalls: vars.KEYSEAL_SESSION_CALLS,
    heartbeatSeconds: vars.KEYSEAL_HEARTBEAT_SECONDS,
    drainSeconds: vars.KEYSEAL_DRAIN_SECONDS ?? (production ? DRAIN_SECONDS : 0),
    keepAliveSeconds: vars.KEYSEAL_KEEP_ALIVE_SECONDS,
    requestSeconds: vars.KEYSEAL_REQUEST_SECONDS,
    startWaitSeconds: vars.KEYSEAL_START_WAIT_SECONDS,
  };
}

/** A shell and Node's `--env-file` remove quotes; others pass them on. */
const QUOTED = /^(["']).*\1$/s;
const UNQUOTE = 'leave them out, since docker --env-file and kubectl --from-env-file keep them';

type ParsedVariables = z.infer<typeof Variables>;

const brandingIn = (vars: ParsedVariables): Config['branding'] => ({
  name: vars.KEYSEAL_BRAND_NAME ?? DEFAULT_BRAND.name,
  logo: vars.KEYSEAL_BRAND_LOGO ?? null,
  color: vars.KEYSEAL_BRAND_COLOR ?? null,
});

const bodiesIn = (vars: ParsedVariables): Config['bodies'] => ({
  maxBody: vars.KEYSEAL_MAX_BODY_BYTES,
  minRate: vars.KEYSEAL_BODY_MIN_RATE,
  windowMs: 1000 * vars.KEYSEAL_BODY_GRACE_SECONDS,
});

/** @throws ConfigError if a variable is unknown or malformed */
function parseVariables(env: Record<string, string | undefined>): z.infer<typeof Variables> {
  const given: Record<string, string> = {};
  for (const [name, text = ''] of Object.entries(env)) {
    const value = withoutLineEnd(text);
    if (value !== '' && !isServiceLink(name, value)) given[name] = value;
  }
  const unknown = unknownVariable(given);
  if (unknown !== null) throw new ConfigError(unknown);
  const quoted = Object.keys(Variables.shape).find((name) => QUOTED.test(given[name] ?? ''));
  if (quoted !== undefined)
    throw new ConfigError(`${quoted} is in quotes, which would be part of its value: ${UNQUOTE}.`);
  const parsed = Variables.safeParse(given);
  if (!parsed.success) throw new ConfigError(sentence(parsed.error));
  return parsed.data;
}

/** @throws ConfigError if issuers are given twice, or if Keyseal itself is among them */
function issuersIn(
  { KEYSEAL_ISSUERS: given, KEYSEAL_ISSUERS_FILE: file, KEYSEAL_ISSUER: issuer }: z.infer<typeof Variables>,
  origins: readonly string[] | null,
): readonly IssuerConfig[] {
  if (given && file) throw new ConfigError('KEYSEAL_ISSUERS and KEYSEAL_ISSUERS_FILE exclude each other.');
  const issuers = given ?? file ?? [];
  const self = issuer ?? origins?.[0];
  if (issuers.some(({ issuer }) => issuer === self))
    throw new ConfigError(`KEYSEAL_ISSUERS accepts issuers other than this service, but has ${self}.`);
  return issuers;
}

/** @throws ConfigError if no public origin is within the domain: passkeys would work nowhere */
function passkeyDomainIn(
  { KEYSEAL_PASSKEY_DOMAIN: domain }: ParsedVariables,
  origins: readonly string[] | null,
): string | null {
  if (domain === undefined) return null;
  const fault = origins === null ? 'needs KEYSEAL_PUBLIC_ORIGINS.' : passkeyDomainFault(domain, origins);
  if (fault !== null) throw new ConfigError(`KEYSEAL_PASSKEY_DOMAIN ${fault}`);
  return domain;
}

function requireForProduction(keys: unknown, origins: unknown, unset: boolean): void {
  const why = unset
    ? 'in production (NODE_ENV is unset, and the service is not confined to this machine)'
    : 'in production';
  if (!keys) {
    throw new ConfigError(
      `KEYSEAL_MASTER_KEYS is required ${why}: it accepts 1:<base64 of 32 bytes>, such as 1:$(openssl rand -base64 32).`,
    );
  }
  if (!origins) {
    throw new ConfigError(
      `KEYSEAL_PUBLIC_ORIGINS is required ${why}: it accepts the origins under which clients reach the service, such as https://api.example.com.`,
    );
  }
}

/**
 * Anyone on the network path can read and change what travels over http: passwords, tokens, and the secrets that are
 * shown once. A loopback connection has no network path.
 */
function refuseHttp(vars: z.infer<typeof Variables>): void {
  const given = {
    KEYSEAL_PUBLIC_ORIGINS: vars.KEYSEAL_PUBLIC_ORIGINS ?? [],
    KEYSEAL_ISSUER: vars.KEYSEAL_ISSUER === undefined ? [] : [vars.KEYSEAL_ISSUER],
    KEYSEAL_CORS_ORIGINS: vars.KEYSEAL_CORS_ORIGINS,
    KEYSEAL_ISSUERS: (vars.KEYSEAL_ISSUERS ?? []).flatMap(urlsOf),
    KEYSEAL_ISSUERS_FILE: (vars.KEYSEAL_ISSUERS_FILE ?? []).flatMap(urlsOf),
  };
  for (const [name, origins] of Object.entries(given)) {
    const insecure = origins.find((item) => item.startsWith('http:') && !isLoopback(new URL(item).hostname));
    if (insecure === undefined) continue;
    throw new ConfigError(
      `${name} accepts https origins in production, but has "${insecure}", where anyone on the network path can read passwords and tokens: put a proxy that terminates TLS in front and write https, or set KEYSEAL_ALLOW_HTTP=on if the network itself encrypts.`,
    );
  }
}

function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${String(issue?.path[0])} ${issue?.message}.`;
}
