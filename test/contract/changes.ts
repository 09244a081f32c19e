import { isDeepStrictEqual } from 'node:util';
import type { Access } from '../../shared/guard.ts';
import type { Break, Contract, Recorded } from './recorded.ts';
import { type Change, compareSchemas } from './schema-changes.ts';

/**
 * What differs between two contracts, one sentence each.
 *
 * | what | breaks |
 * | --- | --- |
 * | a procedure, a reason, a permission, a header: gone | yes |
 * | a procedure, a reason, a permission, a header: new | no: clients take reasons that their types do not know |
 * | a procedure is of another type | yes |
 * | who may call | where a caller loses access, and to or from a way of proving by itself |
 * | the permission or the environment that a call needs | unless it is needed no more |
 * | what a call costs | where it is more |
 * | the status of a reason, the signature | yes |
 * | inputs and outputs | as `compareSchemas` says |
 */
export function compareContracts(before: Contract, after: Contract): Change[] {
  return [
    ...compareMembers(before.procedures, after.procedures, (name) => name, compareProcedures),
    ...compareMembers(before.reasons, after.reasons, (name) => `reason ${name}`, changed('status')),
    ...compareLists(before.permissions, after.permissions, 'permission'),
    ...compareLists(before.headers.sent, after.headers.sent, 'header that is sent'),
    ...compareLists(before.headers.answered, after.headers.answered, 'header that is answered'),
    ...compareMembers(before.signature, after.signature, (name) => `signature, ${name}`, changed('it')),
  ];
}

/** The breaks that a contract lists and the one before it does not. */
export function newBreaks({ breaks }: Contract, before: Contract): Break[] {
  return breaks.filter((one) => !before.breaks.some((known) => isDeepStrictEqual(known, one)));
}

type Members<T> = Readonly<Record<string, T>>;

function compareMembers<T>(
  before: Members<T>,
  after: Members<T>,
  named: (name: string) => string,
  compare: (before: T, after: T) => Change[],
): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [{ what: `${named(name)} is new`, breaks: false }];
    if (is === undefined) return [{ what: `${named(name)} is gone`, breaks: true }];
    return compare(was, is).map(({ what, breaks }) => ({ what: `${named(name)}: ${what}`, breaks }));
  });
}

function compareLists(before: readonly string[], after: readonly string[], named: string): Change[] {
  const members = (list: readonly string[]) => Object.fromEntries(list.map((name) => [name, name]));
  return compareMembers(
    members(before),
    members(after),
    (name) => `${named} ${name}`,
    () => [],
  );
}

const changed = (name: string) => (before: unknown, after: unknown) =>
  isDeepStrictEqual(before, after)
    ? []
    : [{ what: `${name} is ${JSON.stringify(after)}, was ${JSON.stringify(before)}`, breaks: true }];

function compareProcedures(before: Recorded, after: Recorded): Change[] {
  return [
    ...changed('type')(before.type, after.type),
    ...compareGuards(before.guard, after.guard),
    ...compareOptional(before.inputOptional, after.inputOptional),
    ...compareSchemas(before.input, after.input, 'input'),
    ...compareSchemas(before.output, after.output, 'output'),
  ];
}

function compareOptional(before: boolean, after: boolean): Change[] {
  if (before === after) return [];
  const words = after ? 'input may be left out' : 'input may not be left out any more';
  return [{ what: words, breaks: !after }];
}

type RecordedGuard = Recorded['guard'];

function compareGuards(before: RecordedGuard, after: RecordedGuard): Change[] {
  return [
    ...compareAccess(before.access, after.access),
    ...compareNeed('permission', before.permission, after.permission),
    ...compareNeed('environment', before.environment, after.environment),
    ...compareCost(before.cost, after.cost),
    ...compareProof(before.stepUp ?? false, after.stepUp ?? false),
    ...compareBatch(before.batch ?? true, after.batch ?? true),
    ...compareMaxInput(before.maxInput, after.maxInput),
  ];
}

/** Who is admitted by each access, and how they prove who they are. */
const ADMITS: Readonly<Record<Access, readonly string[]>> = {
  public: ['nobody in particular'],
  session: ['a session without its token'],
  user: ['a person'],
  key: ['a key', 'a key for a user'],
  'key-for-user': ['a key for a user'],
  'key-or-user': ['a key', 'a person'],
  any: ['a key', 'a key for a user', 'a person'],
};

function compareAccess(before: Access, after: Access): Change[] {
  if (before === after) return [];
  const lost = ADMITS[before].filter((caller) => !ADMITS[after].includes(caller));
  return [{ what: `access is ${after}, was ${before}`, breaks: lost.length > 0 }];
}

function compareNeed(name: string, before: string | undefined, after: string | undefined): Change[] {
  if (before === after) return [];
  return [{ what: `${name} is ${after ?? 'none'}, was ${before ?? 'none'}`, breaks: after !== undefined }];
}

function compareProof(before: boolean, after: boolean): Change[] {
  if (before === after) return [];
  const what = after ? 'asks a person for a fresh proof' : 'asks nobody for a fresh proof any more';
  return [{ what, breaks: after }];
}

function compareBatch(before: boolean, after: boolean): Change[] {
  if (before === after) return [];
  return [{ what: after ? 'may share a request' : 'shares no request with other calls', breaks: !after }];
}

/** Every valid input that was recorded without a limit fits into this many bytes. */
const ENOUGH = 128 * 1024;

function compareMaxInput(before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY): Change[] {
  if (before === after) return [];
  const breaks = after < (Number.isFinite(before) ? before : ENOUGH);
  return [{ what: `takes inputs of ${after} bytes, did of ${before}`, breaks }];
}

function compareCost(before: number, after: number): Change[] {
  return before === after ? [] : [{ what: `costs ${after}, did ${before}`, breaks: after > before }];
}
