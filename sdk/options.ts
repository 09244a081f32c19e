import type { TRPCRouterRecord } from '@trpc/server';
import { type Variable, Variables } from '../server/lib/env-schema.ts';

export interface ServiceOptions {
  /** Your procedures, in addition to Keyseal's. A name that Keyseal uses is refused. */
  readonly routes: TRPCRouterRecord;
  /** The permissions that the guards of `routes` require, in addition to Keyseal's own: `area:verb`. */
  readonly permissions?: readonly string[];
  /** Configuration variables by name, overriding those of the environment. */
  readonly config?: Readonly<Partial<Record<Variable, string>>>;
}

/** The kind of value of each option of `createService`, and its check. */
const OPTIONS: Readonly<
  Record<keyof ServiceOptions, readonly [takes: string, isRight: (value: unknown) => boolean]>
> = {
  routes: ['a record of procedures', isRecord],
  permissions: ['a list of strings', (value) => value === undefined || isTextList(value)],
  config: ['variables by their names', (value) => value === undefined || isRecord(value)],
};

/**
 * Checks what types cannot check in plain JavaScript: a misspelt option would otherwise be ignored silently.
 * @throws TypeError that names the option or the variable
 */
export function checkServiceOptions(options: ServiceOptions): void {
  if (!isRecord(options))
    throw new TypeError('createService requires an object { routes, permissions, config }.');
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw new TypeError(`createService has no option ${unknown}.`);
  for (const [name, [kind, isRight]] of Object.entries(OPTIONS)) {
    if (!isRight(options[name as keyof ServiceOptions]))
      throw new TypeError(`The option ${name} of createService must be ${kind}.`);
  }
  for (const [name, value] of Object.entries(options.config ?? {})) checkVariable(name, value);
}

function checkVariable(name: string, value: unknown): void {
  if (!Object.hasOwn(Variables.shape, name)) throw new TypeError(`Keyseal has no variable ${name}.`);
  if (value !== undefined && typeof value !== 'string')
    throw new TypeError(`The variable ${name} must be a string, as in the environment.`);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
