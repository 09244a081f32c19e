import type { CALLS, RightCall } from '../contract/calls.ts';
import { API, type Differential, type Pair, type UnsignedCall } from './differential.ts';

/** A call with a string as its input; without input if it is undefined. */
function callWith(
  name: string,
  { as }: Pick<RightCall, 'as'>,
  text: string | Buffer | undefined,
): UnsignedCall {
  if (API.procedures.get(name)?.type === 'mutation') return { as, target: `/api/${name}`, body: text ?? '' };
  const input = text === undefined ? '' : `?input=${encodeURIComponent(text.toString('utf8'))}`;
  return { as, target: `/api/${name}${input}` };
}

/** The same call of each world. */
export const both = (name: string, calls: Pair<RightCall>, textOf: (call: RightCall) => string | undefined) =>
  [callWith(name, calls[0], textOf(calls[0])), callWith(name, calls[1], textOf(calls[1]))] as const;

export const json = (input: unknown) => (input === undefined ? undefined : JSON.stringify(input));

/** These answer in the order of random ids, so they run in one world only. */
const IN_ONE_WORLD = ['members.list'];

export async function preparedFor(
  differential: Differential,
  name: string,
  make: (typeof CALLS)[number][2],
): Promise<Pair<RightCall>> {
  const [one, other] = await differential.prepare(make);
  return [one, IN_ONE_WORLD.includes(name) ? one : other];
}

export const isJson = ({ input }: RightCall) =>
  input === undefined || Object.getPrototypeOf(input) === Object.prototype;
