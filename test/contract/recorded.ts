import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ALLOWED, EXPOSED } from '../../server/http/response/cors.ts';
import type { Api, ProcedureInfo } from '../../server/rpc/procedure-registry.ts';
import type { Access, ProcedureGuard } from '../../shared/guard.ts';
import { PERMISSIONS } from '../../shared/permissions.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import {
  clockBase,
  formatSignature,
  SIGNATURE_MAX_AGE,
  SIGNATURE_MAX_AHEAD,
  signatureBase,
} from '../../shared/signature.ts';
import { EVENTS } from './events.ts';
import type { Schema } from './schema-changes.ts';

/** What clients may count on, as it is recorded. */
export interface Contract {
  /** What was broken on purpose, and why; the last is the newest. */
  readonly breaks: readonly Break[];
  readonly signature: Readonly<Record<string, unknown>>;
  readonly headers: { readonly sent: readonly string[]; readonly answered: readonly string[] };
  readonly permissions: readonly string[];
  /** Statuses by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly procedures: Readonly<Record<string, Recorded>>;
}

export interface Break {
  readonly what: string;
  readonly why: string;
}

/** A procedure as it is recorded. */
export interface Recorded {
  readonly type: ProcedureInfo['type'];
  readonly guard: {
    readonly access: Access;
    readonly permission?: string;
    readonly environment?: string;
    readonly cost: number;
    /** Present if a person must have proven who they are within ten minutes. */
    readonly stepUp?: true;
    /** Present if no other call may share its request. */
    readonly batch?: false;
    /** The maximum bytes of the input of a mutation. */
    readonly maxInput?: number;
  };
  /** Whether the input can be left out. */
  readonly inputOptional: boolean;
  readonly input: Schema;
  /** Of a subscription: of the data of one event. */
  readonly output: Schema;
}

export const CONTRACT = 'test/contract/contract.json';
export const ROOT = join(import.meta.dirname, '..', '..');

/** The contract of the file. */
export function recordedContract(): Contract {
  return JSON.parse(readFileSync(join(ROOT, CONTRACT), 'utf8'));
}

/** The contract that a service's procedures, and what it shares with its clients, make. */
export function contractOf({ router, procedures }: Api): Omit<Contract, 'breaks'> {
  const declared = router._def.procedures as unknown as Record<string, { _def: Declared }>;
  const recorded = [...procedures].map(([name, { type, guard }]): [string, Recorded] => {
    const { inputs, output } = (declared[name] as { _def: Declared })._def;
    const [input, ...others] = inputs;
    if (!input || others.length > 0) throw new Error(`${name} has not one input.`);
    const answers = type === 'subscription' ? EVENTS[name] : output;
    if (!answers) throw new Error(`${name} is a stream, of which EVENTS does not describe the events.`);
    return [
      name,
      { type, guard: guardOf(type, guard), ...inputOf(input), output: schemaOf(answers, 'output') },
    ];
  });
  return {
    signature: signature(),
    headers: { sent: ALLOWED.split(', ').sort(), answered: EXPOSED.split(', ').sort() },
    permissions: [...PERMISSIONS].sort(),
    reasons: sorted(Object.entries(REFUSALS).map(([reason, { status }]) => [reason, status])),
    procedures: sorted(recorded),
  };
}

interface Declared {
  readonly inputs: readonly object[];
  readonly output?: z.ZodType;
}

const sorted = <T>(entries: [string, T][]): Record<string, T> =>
  Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));

/** Every part by a placeholder, as the functions of client and server assemble them. */
function signature() {
  const [k, mac] = ['<k>', '<s>'];
  const parts = { k, t: 1, nonce: '<n>', method: '<method>', authority: '<authority>', target: '<target>' };
  const digests = {
    contentType: '<content-type>',
    tokenDigest: '<token digest>',
    bodyDigest: '<body digest>',
  };
  return {
    header: formatSignature({ k, t: 1, nonce: '<n>', mac }),
    base: signatureBase({ ...parts, ...digests }).split('\n'),
    clock: clockBase(k, '<n>', 1).split('\n'),
    maxAgeSeconds: SIGNATURE_MAX_AGE,
    maxAheadSeconds: SIGNATURE_MAX_AHEAD,
  };
}

/** Only keys pay credits. */
const KEYS: readonly Access[] = ['key', 'key-for-user', 'key-or-user', 'any'];

function guardOf(type: Recorded['type'], guard: ProcedureGuard<string>): Recorded['guard'] {
  // Texts are for people: they break no client.
  const { description, refusals, example, shapes, maxInput, ...rest } = guard;
  const cost = 'cost' in rest ? rest.cost : undefined;
  const limit = type === 'mutation' && maxInput !== undefined ? { maxInput } : {};
  return { ...rest, ...limit, cost: cost ?? (KEYS.includes(guard.access) ? 1 : 0) };
}

function inputOf(input: object): Pick<Recorded, 'input' | 'inputOptional'> {
  if (!(input instanceof z.ZodType))
    return { inputOptional: false, input: { also: ['must be bytes or a form'] } };
  return { inputOptional: input.safeParse(undefined).success, input: schemaOf(input, 'input') };
}

/**
 * A zod schema as JSON Schema. An output may have fields that a client does not know; a list of all reasons is
 * `Reason`, which `reasons` lists; a rule that no keyword can state is under `also`, in the words of the refusal.
 */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema, ...recorded } = z.toJSONSchema(schema, {
    io,
    // What schemas are called and say is for people: it breaks no client.
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema }) => {
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
      if (isReasons(jsonSchema.enum)) {
        delete jsonSchema.type;
        delete jsonSchema.enum;
        jsonSchema.$ref = '#/$defs/Reason';
      }
      const also = refinementsOf(zodSchema);
      if (also.length > 0) jsonSchema['also'] = also;
    },
  });
  return recorded;
}

/** The schemas that a recorded one may refer to. */
export const defsOf = ({ reasons }: Contract): Schema => ({ Reason: { enum: Object.keys(reasons) } });

const REASONS = Object.keys(REFUSALS) as Reason[];
const isReasons = (values: unknown): boolean =>
  Array.isArray(values) &&
  values.length === REASONS.length &&
  REASONS.every((reason) => values.includes(reason));

function refinementsOf({ _zod }: z.core.$ZodTypes): string[] {
  return (_zod.def.checks ?? []).flatMap((check) => {
    const { check: kind, error } = check._zod.def;
    return kind === 'custom' ? [String(error?.({} as never) ?? 'is refined')] : [];
  });
}
