import { isIP } from 'node:net';
import { z } from 'zod';
import { DEFAULT_BRAND } from '../../shared/brand.ts';
import { PERMISSION_FORM } from '../../shared/permissions.ts';
import { AddressList } from './address-list.ts';
import { readLogo } from './brand-config.ts';
import { splitDatabaseUrl } from './database-url.ts';
import { parseIssuers, readIssuersFile } from './issuer-config.ts';
import { parseDomain } from './passkey-domain.ts';
import { isServicePath, parsePublicOrigin } from './public-origin.ts';

export interface MasterKey {
  readonly version: number;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** An origin that browsers send, without a path. */
const origin = z.string().transform((text, context) => {
  const read = parsePublicOrigin(text);
  if (typeof read === 'object' && read.path === '') return read.origin;
  const fault = typeof read === 'string' ? read : 'has a path';
  context.addIssue(
    `accepts origins such as https://api.example.com, but has ${quoteUnlessSecret(text)}, which ${fault}`,
  );
  return z.NEVER;
});

/** An origin under which clients reach the service, with the path below which they do. */
const publicOrigin = z.string().transform((text, context) => {
  const read = parsePublicOrigin(text);
  if (typeof read === 'object' && !isServicePath(read.path)) return read.origin + read.path;
  const fault = typeof read === 'string' ? read : 'has a path that the service itself uses: choose another';
  context.addIssue(
    `accepts origins such as https://api.example.com, with a base path or without, but has ${quoteUnlessSecret(text)}, which ${fault}`,
  );
  return z.NEVER;
});

/** A value that may contain a password is not repeated. */
const quoteUnlessSecret = (text: string): string => (text.includes('@') ? 'one' : `"${text}"`);

/** One base path for all: a request must not depend on the host for what its path means. */
const publicOrigins = list.pipe(z.array(publicOrigin)).transform((origins, context) => {
  const paths = new Set(origins.map((item) => new URL(item).pathname));
  if (paths.size <= 1) return [...new Set(origins)];
  context.addIssue(`accepts origins that all have the same path, but has ${[...paths].join(' and ')}`);
  return z.NEVER;
});

const integer = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue(`must be a whole number from ${min} to ${max}, but is "${text}"`);
    return z.NEVER;
  });

const oneOf = <const T extends string>(...values: T[]) =>
  z.string().transform((text, context) => {
    const value = values.find((candidate) => candidate === text);
    if (value !== undefined) return value;
    context.addIssue(`accepts ${values.join(' or ')}, but has "${text}"`);
    return z.NEVER;
  });

const masterKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((item) => {
    const match = /^([1-9]\d{0,8}):([A-Za-z0-9+/]{43}=)$/.exec(item.trim());
    return match ? { version: Number(match[1]), bytes: Buffer.from(String(match[2]), 'base64') } : null;
  });
  const valid = keys.filter((key) => key !== null);
  const distinct = new Set(valid.map((key) => key.version)).size === keys.length;
  if (valid.length === keys.length && distinct) return valid;
  // The value is a secret, so the message does not repeat it.
  context.addIssue('accepts 2:<base64 of 32 bytes>,1:<base64 of 32 bytes>, each version once');
  return z.NEVER;
});

const databaseUrl = z.string().transform((text, context) => {
  if (splitDatabaseUrl(text)) return text;
  // The value contains a password, so the message does not repeat it.
  context.addIssue(
    'accepts a URL such as postgres://user:password@host:5432/database, in which an @ of the password is %40, a / is %2F, a ? is %3F, a # is %23 and a % is %25',
  );
  return z.NEVER;
});

const proxies = list.transform((items, context) => {
  for (const item of items) {
    const [address = '', bits, ...rest] = item.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const max = family === 'ipv6' ? 128 : 32;
    const prefix = bits === undefined ? max : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (!isIP(address) || rest.length > 0 || !(prefix <= max)) {
      context.addIssue(`accepts IP addresses and CIDRs such as 10.0.0.0/8, but has "${item}"`);
      return z.NEVER;
    }
    if (prefix === 0) {
      context.addIssue(
        `accepts the IP addresses of your own proxies, but "${item}" would let any client choose its IP address`,
      );
      return z.NEVER;
    }
  }
  return new AddressList(items);
});

const passkeyDomain = z.string().transform((text, context) => {
  const domain = parseDomain(text);
  if (domain !== null) return domain;
  context.addIssue(`accepts a host name such as example.com, but has ${quoteUnlessSecret(text)}`);
  return z.NEVER;
});

const permissions = list.transform((items, context) => {
  const invalid = items.find((item) => !PERMISSION_FORM.test(item) || item.endsWith('*'));
  if (invalid === undefined) return items;
  context.addIssue(`accepts names such as area:verb, but has "${invalid}"`);
  return z.NEVER;
});

const issuers = z.string().transform((text, context) => {
  const read = parseIssuers(text);
  if (typeof read !== 'string') return read;
  context.addIssue(read);
  return z.NEVER;
});

const issuersFile = z.string().transform((path, context) => {
  const text = readIssuersFile(path);
  const read = text === null ? 'accepts the path of a readable file' : parseIssuers(text);
  if (typeof read !== 'string') return read;
  context.addIssue(read);
  return z.NEVER;
});

const logo = z.string().transform((path, context) => {
  const read = readLogo(path);
  if (typeof read !== 'string') return read;
  context.addIssue(read);
  return z.NEVER;
});

/** Visible text: the console shows it in titles. */
const brandName = z
  .string()
  .regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,40}$/u, 'must have 1 to 40 visible characters')
  .transform((text) => text.trim());

const brandColor = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'accepts a colour such as #22324a')
  .transform((text) => text.toLowerCase());

/** Every variable, what it accepts, and its default. */
export const Variables = z.object({
  PORT: integer(0, 65535).default(3000),
  // In brackets as in a URL, or without.
  HOST: z
    .string()
    .default('127.0.0.1')
    .transform((host) => host.replace(/^\[(.*)\]$/, '$1')),
  KEYSEAL_METRICS_PORT: integer(0, 65535).optional(),
  DATABASE_URL: databaseUrl.optional(),
  KEYSEAL_DATA_DIR: z.string().default('./data'),
  KEYSEAL_MASTER_KEYS: masterKeys.optional(),
  NODE_ENV: oneOf('development', 'production').optional(),
  KEYSEAL_PUBLIC_ORIGINS: publicOrigins.optional(),
  KEYSEAL_ISSUER: publicOrigin.optional(),
  KEYSEAL_ISSUERS: issuers.optional(),
  KEYSEAL_ISSUERS_FILE: issuersFile.optional(),
  KEYSEAL_CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  KEYSEAL_PASSKEY_DOMAIN: passkeyDomain.optional(),
  KEYSEAL_ALLOW_HTTP: oneOf('on', 'off').default('off'),
  KEYSEAL_PERMISSIONS: permissions.default([]),
  KEYSEAL_TRUSTED_PROXIES: proxies.optional(),
  KEYSEAL_SIGN_UP: oneOf('open', 'first').optional(),
  KEYSEAL_SETUP_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  KEYSEAL_DEMO: oneOf('on', 'off').optional(),
  KEYSEAL_LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
  LOG_FORMAT: oneOf('pretty', 'json').optional(),
  KEYSEAL_BRAND: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'must consist of lowercase letters and digits')
    .default(DEFAULT_BRAND.keyPrefix),
  KEYSEAL_BRAND_NAME: brandName.optional(),
  KEYSEAL_BRAND_LOGO: logo.optional(),
  KEYSEAL_BRAND_COLOR: brandColor.optional(),
  KEYSEAL_MAX_BODY_BYTES: integer(1024, 64 * 1024 * 1024).default(1024 * 1024),
  KEYSEAL_BODY_MIN_RATE: integer(1, 1024 * 1024).default(8 * 1024),
  KEYSEAL_BODY_GRACE_SECONDS: integer(1, 600).default(10),
  KEYSEAL_ADDRESS_FAILURES: integer(1, 1_000_000).default(1000),
  KEYSEAL_ACCOUNT_FAILURES: integer(1, 1_000_000).default(10),
  KEYSEAL_DRAIN_SECONDS: integer(0, 600).optional(),
  KEYSEAL_KEEP_ALIVE_SECONDS: integer(1, 3_600).default(75),
  KEYSEAL_REQUEST_SECONDS: integer(0, 86_400).default(0),
  KEYSEAL_START_WAIT_SECONDS: integer(1, 3_600).default(60),
  KEYSEAL_SESSION_CALLS: integer(1, 1_000_000).default(1200),
  KEYSEAL_HEARTBEAT_SECONDS: integer(1, 600).default(15),
});

/** The name of a variable. */
export type Variable = keyof typeof Variables.shape;
