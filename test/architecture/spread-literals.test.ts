import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PRODUCT = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web'];

/** The lines of a source that spread an object literal: its properties can stand where the spread stands. */
function spreadLiteralsIn(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isSpread = ts.isSpreadAssignment(node) || ts.isJsxSpreadAttribute(node);
    if (isSpread && ts.isObjectLiteralExpression(node.expression))
      found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test('no source of the product spreads an object literal', () => {
  const found = PRODUCT.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) =>
        spreadLiteralsIn(`${folder}/${name}`, readFileSync(join(ROOT, folder, name), 'utf8')),
      ),
  );
  expect(found).toEqual([]);
});

test('the check finds one in an object and in an element, and no conditional one', () => {
  const text =
    'const a = { ...{ b: 1 } };\nconst c = <p {...{ d: 2 }} />;\nconst e = { ...(f ? { g: 1 } : {}) };';
  expect(spreadLiteralsIn('web/x.tsx', text)).toEqual(['web/x.tsx:1', 'web/x.tsx:2']);
});
