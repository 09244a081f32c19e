import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** The files that every signed call runs through, and those that make the records it reads. */
const HOT = [
  'server/http/request/api-request.ts',
  'server/http/request/body.ts',
  'server/http/json-calls.ts',
  'server/http/request/parse-inputs.ts',
  'server/http/request/parse-procedures.ts',
  'server/http/response/respond.ts',
  'server/http/serve-api.ts',
  'server/gate/bearer/bearer.ts',
  'server/gate/caller/caller.ts',
  'server/gate/gate.ts',
  'server/gate/signature/nonce.ts',
  'server/gate/request/request.ts',
  'server/gate/signature/signature.ts',
  'server/gate/request/throttle.ts',
  'server/gate/user-token/user-token.ts',
  'server/rpc/middleware-runner.ts',
  'server/rpc/trpc.ts',
  'server/stores/credentials/credential-rows.ts',
  'server/stores/credentials/revisions.ts',
  'server/stores/credentials/signing-material.ts',
  'server/stores/replay/replay-memory.ts',
  'shared/bearer.ts',
  'shared/key-format.ts',
  'shared/rate-limit-headers.ts',
  'shared/request-rules.ts',
  'shared/signature.ts',
];

/** The object literals of a file in which a member follows a spread, each as `path:line`. */
function slowLiterals(path: string): string[] {
  const file = ts.createSourceFile(
    path,
    readFileSync(join(ROOT, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && followsSpread(node))
      found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function followsSpread({ properties }: ts.ObjectLiteralExpression): boolean {
  const spread = properties.findIndex(ts.isSpreadAssignment);
  return spread >= 0 && spread < properties.length - 1;
}

// In V8 of Node 20 such a literal makes new hidden classes at every call: docs/performance.md.
test('no literal on the way of every call has members after a spread', () => {
  expect(HOT.flatMap(slowLiterals)).toEqual([]);
});
