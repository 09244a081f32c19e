import { readFileSync } from 'node:fs';
import ts from 'typescript-6';

/** Whether a string is code: the name of a module, a type, or a property. */
function isCode({ parent }: ts.Node): boolean {
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isImportTypeNode(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

/** Statements are for the database, and not for people. */
const isStatement = (node: ts.Node): boolean =>
  ts.isTaggedTemplateExpression(node) && /^(sql|client|transaction|tx)\b/.test(node.tag.getText());

/** The texts in the string literals and templates of a source, what is interpolated left out. */
export function literalsOf(path: string, text: string = readFileSync(path, 'utf8')): string[] {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isStatement(node)) return;
    if (ts.isStringLiteralLike(node) && !isCode(node)) found.push(node.text);
    if (ts.isTemplateExpression(node))
      found.push(
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join('…'),
      );
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind));
  return found;
}
