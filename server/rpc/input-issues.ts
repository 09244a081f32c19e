/** Where an input is wrong. */
interface InputIssue {
  /** The field, its parts joined by dots. */
  readonly path: string;
  readonly message: string;
}

/** At most so many places of a wrong input are named. */
const MAX_ISSUES = 10;

/** A part of a path is a key, or an object that has one (https://standardschema.dev). */
type Segment = PropertyKey | { readonly key: PropertyKey };

/** What validation libraries say of one wrong place. */
interface ForeignIssue {
  readonly message?: unknown;
  readonly path?: readonly Segment[] | string | null;
}

/**
 * Reads what a validation library says of a wrong input: that of Standard Schema and of every Zod, ArkType, Yup and
 * Superstruct. An error of another kind has none: its message may tell of the service.
 */
export function issuesIn(cause: unknown): InputIssue[] {
  return foreignIssues(Object(cause))
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({
      path: pathOf(path).slice(0, 200),
      message: String(message).slice(0, 500),
    }));
}

function foreignIssues(error: Readonly<Record<string, unknown>>): readonly ForeignIssue[] {
  // Zod and Standard Schema, ArkType, Yup with `abortEarly: false`.
  for (const member of ['issues', 'arkErrors', 'inner']) {
    const list = error[member];
    if (Array.isArray(list) && list.length > 0) return list.filter((one) => Object(one) === one);
  }
  return ['ValidationError', 'StructError'].includes(String(error['name'])) ? [error] : [];
}

function pathOf(path: ForeignIssue['path']): string {
  if (!Array.isArray(path)) return typeof path === 'string' ? path : '';
  return path.map((part: Segment) => String(typeof part === 'object' ? part.key : part)).join('.');
}
