import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PRODUCT = ['shared', 'server', 'cli', 'sdk', 'client', 'web'];

/** Lines from the first of a function's declaration to its last. */
const MOST = 50;

function* sources(): Generator<readonly [path: string, text: string]> {
  for (const folder of PRODUCT) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name.replaceAll('\\', '/')}`;
      if (/\.tsx?$/.test(name)) yield [path, readFileSync(join(ROOT, path), 'utf8')];
    }
  }
}

/** The functions of a file that have more lines than `MOST`, each as `path name`. */
function longIn(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const lines = lineAt(node.end) - lineAt(node.getStart()) + 1;
      if (lines > MOST) found.push(`${path} ${nameOf(node, file)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Its own name, or that of the variable or member that holds it. */
function nameOf(node: ts.SignatureDeclaration, file: ts.SourceFile): string {
  if (node.name) return node.name.getText(file);
  const { parent } = node;
  const isNamed =
    ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
  return isNamed ? parent.name.getText(file) : '(anonymous)';
}

test('no function of the product has more than 50 lines', () => {
  const long = [...sources()].flatMap(([path, text]) => longIn(path, text));
  expect(long).toEqual([]);
});

test('the check names a long function, however it is declared', () => {
  const body = '\n'.repeat(MOST);
  const text = `function a() {${body}}\nconst b = () => {${body}};\nclass C { d() {${body}} }\nfunction e() {}`;
  expect(longIn('web/x.ts', text)).toEqual(['web/x.ts a', 'web/x.ts b', 'web/x.ts d']);
});
