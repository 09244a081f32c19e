import { type ForeignIssue, foreignIssues, type Segment } from './foreign-issues.ts';

/** Where an input is wrong. */
interface InputIssue {
  /** The field, its parts joined by dots. */
  readonly path: string;
  readonly message: string;
}

/** The maximum number of places that are named for a wrong input. */
const MAX_ISSUES = 10;

/** Reads what a validation library reports about a wrong input, in one format for all libraries. */
export function issuesIn(cause: unknown): InputIssue[] {
  return foreignIssues(Object(cause))
    .slice(0, MAX_ISSUES)
    .map(({ path, message, code }) => ({
      path: pathOf(path).slice(0, 200),
      message: String(message ?? code).slice(0, 500),
    }));
}

function pathOf(path: ForeignIssue['path']): string {
  // Yup writes `tags[0].name` and `["a b"]`.
  if (typeof path === 'string') return path.replace(/\[(?:"([^"]*)"|(\d+))\]/g, '.$1$2').replace(/^\./, '');
  if (!Array.isArray(path)) return '';
  return path.map((part: Segment) => String(typeof part === 'object' ? part.key : part)).join('.');
}
