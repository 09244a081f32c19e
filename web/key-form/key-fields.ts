import type { Environment } from '../../shared/key-format.ts';
import type { ConsoleKey } from '../key-model/key.ts';

/** When a key expires: never, after a number of days, or on a chosen day. */
export const EXPIRIES = ['never', '30', '90', '365', 'day'] as const;
export type Expiry = (typeof EXPIRIES)[number];

/** Seconds of each unit in which a window is given. */
export const UNITS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;
export type Unit = keyof typeof UNITS;

export const REFILLS = ['none', 'day', 'month'] as const;
export type Refill = (typeof REFILLS)[number];

/** What a new or rotated key signs with: a secret, a private key that this page makes, or one that the user has. */
export const SIGNER_KINDS = ['secret', 'madePair', 'ownPair'] as const;

/** A limit as it is typed: a number of calls per number of units of time. */
export interface LimitFields {
  readonly name: string;
  readonly limit: string;
  readonly every: string;
  readonly unit: Unit;
}

/** The form fields of a key. Numbers are strings until they are sent. */
export interface KeyFields {
  readonly name: string;
  readonly environment: Environment;
  /** Sorted, so that equal sets compare as equal. */
  readonly permissions: string[];
  /** `day` is the value of a date field, such as 2026-12-31: the last valid day, in UTC. */
  readonly expiry: { readonly choice: Expiry; readonly day: string };
  readonly limits: LimitFields[];
  readonly credits: {
    readonly metered: boolean;
    readonly remaining: string;
    readonly refill: Refill;
    readonly amount: string;
  };
  /** One IP address or CIDR a line. */
  readonly addresses: string;
  /** Empty without an external owner. */
  readonly externalId: string;
  /** One host a line. */
  readonly authorities: string;
  /** A JSON object, or empty. */
  readonly metadata: string;
  /** Whether a new key belongs to the workspace and to no user. */
  readonly isService: boolean;
  /** What a new key signs with. */
  readonly signer: (typeof SIGNER_KINDS)[number];
  /** The registration of a new key's public key as JSON, if the user has the private key. */
  readonly publicKey: string;
}

export const NEW_LIMIT: LimitFields = { name: 'calls', limit: '60', every: '1', unit: 'minute' };

const NO_CREDITS: KeyFields['credits'] = { metered: false, remaining: '', refill: 'none', amount: '' };

/** The fields of a new key. */
export const newKeyFields = (permissions: string[]): KeyFields => ({
  name: '',
  environment: 'test',
  permissions,
  expiry: { choice: 'never', day: '' },
  limits: [],
  credits: NO_CREDITS,
  addresses: '',
  externalId: '',
  authorities: '',
  metadata: '',
  isService: false,
  signer: 'secret',
  publicKey: '',
});

/** The fields of an existing key. */
export const fieldsOf = ({ name, environment, permissions, ...key }: ConsoleKey): KeyFields => ({
  name,
  environment,
  permissions: [...permissions].sort(),
  expiry: key.expiresAt
    ? { choice: 'day', day: dayOf(new Date(key.expiresAt)) }
    : { choice: 'never', day: '' },
  limits: key.limits.map(limitFieldsOf),
  credits: key.credits ? creditFieldsOf(key.credits) : NO_CREDITS,
  addresses: key.allowedAddresses.join('\n'),
  externalId: key.externalId ?? '',
  authorities: key.authorities.join('\n'),
  metadata: Object.keys(key.metadata).length === 0 ? '' : JSON.stringify(key.metadata, null, 2),
  isService: key.ownerId === null,
  signer: 'secret',
  publicKey: '',
});

/** Uses the largest unit that expresses the window in whole numbers. */
function limitFieldsOf({ name, limit, windowSeconds }: ConsoleKey['limits'][number]): LimitFields {
  const units = Object.keys(UNITS) as Unit[];
  const unit = units.findLast((candidate) => windowSeconds % UNITS[candidate] === 0) ?? 'second';
  return { name, limit: String(limit), every: String(windowSeconds / UNITS[unit]), unit };
}

const creditFieldsOf = ({ remaining, refill }: NonNullable<ConsoleKey['credits']>): KeyFields['credits'] => ({
  metered: true,
  remaining: String(remaining),
  refill: refill?.every ?? 'none',
  amount: refill ? String(refill.amount) : '',
});

/** The day of a time in UTC, as a date field has it. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** The last valid day: '' if the key never expires or no day is chosen yet. */
export function lastDayOf({ choice, day }: KeyFields['expiry'], now: Date): string {
  if (choice === 'never' || choice === 'day') return choice === 'day' ? day : '';
  const last = new Date(now);
  last.setUTCDate(last.getUTCDate() + Number(choice));
  return dayOf(last);
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
