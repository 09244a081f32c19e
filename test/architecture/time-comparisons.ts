import ts from 'typescript-6';

/** Names of times that are no column: claims of tokens, parameters of signatures, and what code calls a time of its own. */
const NAMES = /^(now|exp|iat|nbf|created|expires|latest|oldest)$|(At|Until)$/;
const METHODS: readonly string[] = ['getTime', 'parse', 'clock'];
const OPERATORS: readonly ts.SyntaxKind[] = [
  ...[ts.SyntaxKind.LessThanToken, ts.SyntaxKind.LessThanEqualsToken],
  ...[ts.SyntaxKind.GreaterThanToken, ts.SyntaxKind.GreaterThanEqualsToken],
];
const CONDITIONS: readonly string[] = ['gt', 'gte', 'lt', 'lte'];

/** The columns with a time: as the schema calls them, and as SQL does. */
export interface TimeColumns {
  readonly properties: readonly string[];
  readonly columns: readonly string[];
}

/**
 * Every comparison of a source that could decide by a time, other than by `isFuture` or `isFutureSql`: with an operator, with a
 * condition of drizzle, or in SQL. Each as it is written, with single spaces.
 */
export function timeComparisons(path: string, text: string, times: TimeColumns): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const inSql = comparedInSql(times);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isComparison(node, times) || isCondition(node, times)) found.push(oneLine(node.getText(file)));
    else if (ts.isTaggedTemplateExpression(node)) {
      const compared = oneLine(node.template.getText(file)).match(inSql);
      found.push(...(compared ?? []));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

function isComparison(node: ts.Node, times: TimeColumns): boolean {
  if (!ts.isBinaryExpression(node) || !OPERATORS.includes(node.operatorToken.kind)) return false;
  return [node.left, node.right].some((side) => namesTime(side, times));
}

function isCondition(node: ts.Node, times: TimeColumns): boolean {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return false;
  return CONDITIONS.includes(node.expression.text) && node.arguments.some((one) => namesTime(one, times));
}

/** Whether a time is part of an expression; functions within it are expressions of their own. */
function namesTime(node: ts.Node, times: TimeColumns): boolean {
  if (ts.isFunctionLike(node) || ts.isTemplateExpression(node) || isCount(node)) return false;
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
    const name = node.text.replace(/^#/, '');
    // By itself it is a position in a string or a buffer.
    if (name === 'at' && !ts.isPropertyAccessExpression(node.parent)) return false;
    return NAMES.test(name) || times.properties.includes(name) || METHODS.includes(name);
  }
  return ts.forEachChild(node, (child) => namesTime(child, times) || undefined) ?? false;
}

const isCount = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) && ['length', 'size'].includes(node.name.text);

/** A comparison with a column of a time on either side, or of a row with one, in the text of a template. */
function comparedInSql({ properties, columns }: TimeColumns): RegExp {
  const column = `(?:\\$\\{[\\w.]*\\.(?:${properties.join('|')})\\}|\\b(?:\\w+\\.)?(?:${columns.join('|')})\\b)`;
  const value = '(?:\\$\\{[^}]*\\}|[\\w.]+)(?:\\([^)]*\\))?(?:::\\w+)?';
  const row = `\\([^()]*${column}[^()]*\\)`;
  const values = '\\((?:[^()]|\\([^()]*\\))*\\)';
  const pairs = [
    [column, value],
    [value, column],
    [row, values],
  ];
  return new RegExp(pairs.map((sides) => sides.join(' (?:<|>|<=|>=) ')).join('|'), 'g');
}
