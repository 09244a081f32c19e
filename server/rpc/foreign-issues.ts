/** A part of a path is a key, or an object that has one (https://standardschema.dev). */
export type Segment = PropertyKey | { readonly key: PropertyKey };

/** What a validation library reports about one wrong place. */
export interface ForeignIssue {
  readonly message?: unknown;
  /** Valita has a code instead of a message. */
  readonly code?: unknown;
  readonly path?: readonly Segment[] | string | null;
}

type Members = Readonly<Record<string, unknown>>;

/** The wrong places that an error lists, or null if it is not of the library. */
type Reader = (error: Members) => readonly ForeignIssue[] | null;

/** How many levels of a tree are searched: those of the schema, which may be recursive, and of the input. */
const MAX_DEPTH = 32;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** Zod, Standard Schema and Valita, ArkType, Yup with `abortEarly: false`, Joi. */
const inList: Reader = (error) => {
  for (const member of ['issues', 'arkErrors', 'inner', 'details']) {
    const list = error[member];
    const issues = Array.isArray(list) ? list.filter(hasMessage) : [];
    if (issues.length > 0) return issues;
  }
  return null;
};

const hasMessage = (issue: unknown): issue is ForeignIssue =>
  isObject(issue) && ('message' in issue || 'path' in issue);

/** Superstruct lists all failures only if it is asked; the error itself is the first of them. */
const ofSuperstruct: Reader = ({ name, failures }) =>
  name === 'StructError' && typeof failures === 'function' ? [...failures()] : null;

/** Under this symbol Effect 3 keeps what a promise was rejected for. */
const CAUSE = Symbol.for('effect/Runtime/FiberFailure/Cause');

/** Effect 3, decoded by a function: a tree in which `Pointer` adds to the path. */
const ofEffect3: Reader = (error) => {
  const failed = Object((error as { [CAUSE]?: unknown })[CAUSE]).error ?? error;
  const { _tag, issue } = failed as Members;
  return _tag === 'ParseError' && isObject(issue) ? effectLeaves(issue, [], 0) : null;
};

function effectLeaves(node: Members, above: readonly Segment[], depth: number): ForeignIssue[] {
  const path = node['_tag'] === 'Pointer' ? [...above, ...([node['path']].flat() as Segment[])] : above;
  const below = [node['issues'] ?? node['issue'] ?? []].flat().filter(isObject);
  if (below.length === 0 || depth === MAX_DEPTH) return [{ path, message: effectMessage(node) }];
  return below.flatMap((child) => effectLeaves(child, path, depth + 1));
}

/** Effect 3 formats an issue only together with its tree. The value that was sent is left out. */
function effectMessage({ _tag, message, ast }: Members): string {
  if (typeof message === 'string') return message;
  if (_tag === 'Missing') return 'is missing';
  return _tag === 'Unexpected' ? 'is unexpected' : `Expected ${ast}`;
}

/**
 * Effect 4, decoded by a function, reports all issues in one string: `Expected string`, and `at ["tags"][0]` on the next line.
 */
const ofEffect4: Reader = ({ _tag, message }) => {
  if (_tag !== 'SchemaError' || typeof message !== 'string') return null;
  return message.split(/\n(?! )/).map((issue) => {
    const [text, path = ''] = issue.split(/\n +at /);
    return { message: text, path };
  });
};

/** Runtypes 7 (`failure`) and 6 (`details`): a tree of fields. The alternatives of a union are not fields. */
const ofRuntypes: Reader = ({ name, code, message, details, failure }) => {
  if (name !== 'ValidationError') return null;
  if (isObject(failure)) return runtypesLeaves(failure, [], 0);
  return code !== undefined && isObject(details) ? runtypesLeaves({ code, message, details }, [], 0) : null;
};

function runtypesLeaves(node: Members | string, path: readonly Segment[], depth: number): ForeignIssue[] {
  if (typeof node === 'string') return [{ path, message: node }];
  const { code, message, detail, details } = node;
  if (depth === MAX_DEPTH) return [{ path, message }];
  if (isObject(detail)) return runtypesLeaves(detail, path, depth + 1);
  // Runtypes 6 has codes only at the top.
  const fields = code === undefined ? node : code === 'CONTENT_INCORRECT' ? details : null;
  if (!isObject(fields)) return [{ path, message }];
  return Object.entries(fields).flatMap(([key, below]) =>
    runtypesLeaves(below as Members | string, [...path, key], depth + 1),
  );
}

/** MyZod with `collectErrors`. */
const ofMyzod: Reader = ({ name, collectedErrors }) =>
  name === 'MyZodError' && isObject(collectedErrors)
    ? Object.values(collectedErrors).filter(hasMessage)
    : null;

/** An error that is itself the only issue: Yup, MyZod, Superstruct, and errors with the same name. */
const alone: Reader = (error) =>
  ['ValidationError', 'StructError', 'MyZodError'].includes(String(error['name']))
    ? [error as ForeignIssue]
    : null;

const READERS: readonly Reader[] = [ofRuntypes, ofEffect3, ofEffect4, ofSuperstruct, inList, ofMyzod, alone];

/**
 * What the error of a validation library reports about each wrong place: of Standard Schema, and of the libraries that tRPC
 * accepts. Any other error has none: its message may reveal something about the service.
 */
export function foreignIssues(error: Members): readonly ForeignIssue[] {
  for (const read of READERS) {
    const issues = read(error);
    if (issues !== null) return issues;
  }
  return [];
}
