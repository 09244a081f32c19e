import fc from 'fast-check';
import { recordedContract } from '../contract/recorded.ts';

/** A placeholder in an input for an id that differs between the two worlds. */
export const SPARE = '<spare>';
const day = (days: number) => new Date(Date.UTC(2027, 0, days)).toISOString();

/** Valid values for fields of these names, at any depth. */
const RIGHT: Readonly<Record<string, unknown>> = {
  credits: { remaining: 5 },
  email: 'a@example.com',
  enabled: true,
  environment: 'live',
  externalId: 'acme',
  from: day(1),
  graceSeconds: 0,
  id: SPARE,
  ids: [SPARE],
  limit: 3,
  limits: [{ name: 'calls', limit: 9, windowSeconds: 60 }],
  metadata: { plan: 'pro' },
  name: 'A name',
  permissions: ['exemple:read'],
  role: 'viewer',
  search: 'A',
  sort: 'createdAt',
  status: 'active',
  step: 'hour',
  text: 'été',
  to: day(2),
  top: 2,
};

const anyJson = fc.jsonValue({ maxDepth: 3 });
const { procedures: recorded } = recordedContract();

interface Fields {
  readonly properties?: object;
  readonly required?: string[];
}

/** An input of a procedure: anything, or fields of it that are mostly right, as JSON. */
export function inputOf(name: string): fc.Arbitrary<string> {
  const { properties = {}, required = [] } = (recorded[name]?.input ?? {}) as Fields;
  const value = (field: string) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(RIGHT[field]) }, { weight: 1, arbitrary: anyJson });
  const fields = Object.fromEntries(Object.keys(properties).map((field) => [field, value(field)]));
  const record = fc.record(fields, { requiredKeys: required });
  return fc
    .oneof({ weight: 1, arbitrary: anyJson }, { weight: 4, arbitrary: record })
    .map((input) => JSON.stringify(input));
}

const ODD_INDEX = fc.constantFrom('00', '1e0', '-1', '7', '__proto__', 'length', '');

/** The inputs of a batch, as JSON: a property may be missing, repeated, or belong to no call. */
export function inputsOf(names: readonly string[]): fc.Arbitrary<string> {
  const member = (name: string, at: number) => inputOf(name).map((input) => `"${at}":${input}`);
  const members = fc
    .tuple(
      fc.tuple(...names.map(member)),
      fc.array(fc.nat(12), { maxLength: 2 }),
      fc.array(ODD_INDEX, { maxLength: 1 }),
    )
    .map(([each, gone, odd]) => [
      ...each.filter((_, at) => !gone.includes(at)),
      ...odd.map((index) => `${JSON.stringify(index)}:7`),
    ]);
  const record = members.map((each) => `{${each.join(',')}}`);
  return fc.oneof(
    { weight: 9, arbitrary: record },
    { weight: 1, arbitrary: anyJson.map((json) => JSON.stringify(json)) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '{') },
  );
}
