import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { importsOf } from './imports.ts';
import { cycles, type Sources, violations } from './violations.ts';

const PRODUCT = ['shared', 'drizzle', 'server', 'cli', 'sdk', 'client', 'web'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every TypeScript file of the product under a root. */
function walk(root: string): Sources {
  const sources = new Map<string, string>();
  for (const layer of PRODUCT.filter((name) => existsSync(join(root, name)))) {
    for (const name of readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const path = `${layer}/${name.replaceAll('\\', '/')}`;
      sources.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return sources;
}

test('every import of the product follows the import rules', () => {
  expect(violations(walk(ROOT))).toEqual([]);
});

test('no imports form a cycle, types included', () => {
  expect(cycles(walk(ROOT))).toEqual([]);
});

test('the check finds a cycle of values, and one of types', () => {
  const sources = new Map([
    ['web/a.ts', "import { b } from './b.ts';"],
    ['web/b.ts', "import type { C } from './c.ts';"],
    ['web/c.ts', "import { a } from './a.ts';"],
    ['web/d.ts', "import { a } from './a.ts';"],
  ]);
  expect(cycles(sources)).toEqual([['web/a.ts', 'web/b.ts', 'web/c.ts']]);
});

test('the import scan covers every layer', () => {
  const sources = walk(ROOT);
  for (const path of [
    'shared/signature.ts',
    'drizzle/schema/keys.ts',
    'server/main.ts',
    'server/gate/gate.ts',
  ]) {
    expect([...sources.keys()]).toContain(path);
  }
  expect(importsOf(sources.get('server/gate/gate.ts') ?? '')).toContainEqual({
    specifier: './signature/nonce.ts',
    typeOnly: false,
  });
});

test('only the metrics layer imports the metrics library', () => {
  const importing = [...walk(ROOT)]
    .filter(([, text]) => importsOf(text).some(({ specifier }) => specifier === 'prom-client'))
    .map(([path]) => path);
  expect(importing.length).toBeGreaterThan(0);
  expect(importing.filter((path) => !path.startsWith('server/metrics/'))).toEqual([]);
});

test('the import scan reports a forbidden import in a file on the disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'keyseal-layers-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = {
    'shared/deep/er/refusals.ts': "import { readConfig } from '../../../server/lib/config.ts';\n",
    'server/lib/config.ts': 'export const readConfig = 1;\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect(violations(walk(root))).toEqual([
    'shared/deep/er/refusals.ts imports server/lib/config.ts: shared may not import lib',
  ]);
});

/** One file of each layer, so that the target of each import exists. */
const ONE_OF_EACH = [
  ...[
    'shared/signature.ts',
    'shared/error-guide/en.ts',
    'drizzle/schema/keys.ts',
    'client/index.ts',
    'web/app.ts',
    'web/keys/keys-page.ts',
    'web/ui/empty.tsx',
    'server/main.ts',
  ],
  ...['server/http/http-server.ts', 'server/app/router.ts', 'server/app/routes.ts', 'server/auth/routes.ts'],
  ...['server/keys/routes.ts', 'server/keys/list.ts', 'server/rpc/trpc.ts', 'server/gate/gate.ts'],
  ...[
    'server/stores/stores.ts',
    'server/stores/secrets/vault.ts',
    'server/lib/config.ts',
    'server/app/service.ts',
  ],
  ...['cli/serve.ts'],
];

function found(path: string, text: string): string[] {
  const sources = new Map(ONE_OF_EACH.map((name) => [name, 'export const x = 1;\n']));
  return violations(sources.set(path, text));
}

describe('the check of imports refuses', () => {
  test.each([
    ['shared → server', 'shared/signature.ts', "import { x } from '../server/lib/config.ts';"],
    [
      'a type of the server in shared',
      'shared/signature.ts',
      "import type { x } from '../server/lib/config.ts';",
    ],
    ['node: in shared', 'shared/signature.ts', "import { createHmac } from 'node:crypto';"],
    ['a package in shared', 'shared/signature.ts', "import { z } from 'zod';"],
    [
      'a value of shared in drizzle',
      'drizzle/schema/keys.ts',
      "import { x } from '../../shared/signature.ts';",
    ],
    ['drizzle → server', 'drizzle/schema/keys.ts', "import type { x } from '../../server/lib/config.ts';"],
    [
      'a value of the routes in the client',
      'client/index.ts',
      "import { x } from '../server/app/routes.ts';",
    ],
    [
      'another type of the server in the client',
      'client/index.ts',
      "import type { x } from '../server/rpc/trpc.ts';",
    ],
    ['node: in the client', 'client/index.ts', "import { createHmac } from 'node:crypto';"],
    ['the error guide in the client', 'client/index.ts', "import { x } from '../shared/error-guide/en.ts';"],
    ['client → drizzle', 'client/index.ts', "import type { x } from '../drizzle/schema/keys.ts';"],
    ['a folder of web → one above it', 'web/ui/empty.tsx', "import { x } from '../keys/keys-page.ts';"],
    ['a page → the app', 'web/keys/keys-page.ts', "import { x } from '../app.ts';"],
    ['web → server', 'web/app.ts', "import type { x } from '../server/app/routes.ts';"],
    ['server → client', 'server/http/http-server.ts', "import { x } from '../../client/index.ts';"],
    ['gate → feature', 'server/gate/gate.ts', "import { x } from '../keys/list.ts';"],
    ['gate → rpc', 'server/gate/gate.ts', "import type { x } from '../rpc/trpc.ts';"],
    ['stores → gate', 'server/stores/secrets/vault.ts', "import { x } from '../../gate/gate.ts';"],
    ['feature → feature', 'server/auth/routes.ts', "import { x } from '../keys/list.ts';"],
    ['feature → routes', 'server/auth/routes.ts', "import { x } from '../app/routes.ts';"],
    ['rpc → http', 'server/rpc/trpc.ts', "import { x } from '../http/http-server.ts';"],
    ['http → app', 'server/http/http-server.ts', "import { x } from '../app/service.ts';"],
    ['http → main', 'server/http/http-server.ts', "import { x } from '../main.ts';"],
    ['app → a command', 'server/app/service.ts', "import { x } from '../../cli/serve.ts';"],
    ['app → client', 'server/app/service.ts', "import { x } from '../../client/index.ts';"],
    ['lib → stores', 'server/lib/config.ts', "import { x } from '../stores/stores.ts';"],
    [
      'stores → membership',
      'server/stores/secrets/vault.ts',
      "import { x } from '../../membership/members.ts';",
    ],
    ['membership → rpc', 'server/membership/members.ts', "import { x } from '../rpc/trpc.ts';"],
    ['an import of a test', 'server/main.ts', "import { x } from '../test/harness/fresh.ts';"],
    ['an import of nothing', 'server/main.ts', "import { x } from './gate/gone.ts';"],
    ['a file without a layer', 'server/somewhere.ts', 'export const x = 1;'],

    ['it over several lines', 'server/gate/gate.ts', "import {\n  x,\n  y,\n} from '../keys/list.ts';"],
    ['it in double quotes', 'server/gate/gate.ts', 'import { x } from "../keys/list.ts";'],
    ['it as a default', 'server/gate/gate.ts', "import x from '../keys/list.ts';"],
    ['it as a namespace', 'server/gate/gate.ts', "import * as x from '../keys/list.ts';"],
    ['it for its effects', 'server/gate/gate.ts', "import '../keys/list.ts';"],
    ['it as a re-export', 'server/gate/gate.ts', "export { x } from '../keys/list.ts';\nexport const y = 1;"],
    ['it as a dynamic import', 'server/gate/gate.ts', "const x = await import('../keys/list.ts');"],
    ['it as a type in place', 'server/gate/gate.ts', "let x: import('../keys/list.ts').X;"],
    ['it behind other code', 'server/gate/gate.ts', "const a = 'b';\nimport { x } from '../keys/list.ts';"],
    ['a computed import', 'server/gate/gate.ts', 'const x = await import(name);'],
    ['an import by a template', 'server/gate/gate.ts', `const x = await import(\`../\${name}.ts\`);`],
    ['type marks on names alone', 'client/index.ts', "import { type x } from '../server/app/routes.ts';"],

    [
      'a barrel',
      'server/keys/all.ts',
      "// all\nexport { x } from './list.ts';\nexport type { y } from './routes.ts';",
    ],
    ['utils', 'server/keys/utils.ts', 'export const x = 1;'],
    ['a folder of helpers', 'server/keys/helpers/x.ts', 'export const x = 1;'],
  ])('%s', (_, path, text) => {
    expect(found(path, text)).toHaveLength(1);
  });

  test('a re-export of everything', () => {
    expect(found('client/index.ts', "export * from '../shared/signature.ts';")).toEqual([
      'client/index.ts passes on all of another file',
    ]);
  });
});

describe('the check of imports allows', () => {
  test.each([
    ['a page → a layer below', 'web/keys/keys-page.ts', "import { x } from '../ui/empty.tsx';"],
    ['web → client', 'web/app.ts', "import { x } from '../client/index.ts';"],
    ['client → shared', 'client/index.ts', "import { x } from '../shared/signature.ts';\nx();"],
    [
      'types of the routes in the client',
      'client/index.ts',
      "import type { x } from '../server/app/routes.ts';",
    ],
    [
      'types of shared in drizzle',
      'drizzle/schema/keys.ts',
      "import type { x } from '../../shared/signature.ts';",
    ],
    ['main → cli', 'server/main.ts', "import { x } from '../cli/serve.ts';"],
    ['cli → client', 'cli/serve.ts', "import { x } from '../client/index.ts';"],
    ['cli → app', 'cli/serve.ts', "import { x } from '../server/app/service.ts';"],
    ['http → stores', 'server/http/http-server.ts', "import { x } from '../stores/stores.ts';"],
    ['a feature within itself', 'server/keys/routes.ts', "import { x } from './list.ts';"],
    ['gate → drizzle', 'server/gate/gate.ts', "import { x } from '../../drizzle/schema/keys.ts';"],
    ['stores → lib', 'server/stores/stores.ts', "import { x } from '../lib/config.ts';"],
    ['node: in the server', 'server/gate/gate.ts', "import { createHmac } from 'node:crypto';"],
    [
      'an import in a comment',
      'server/gate/gate.ts',
      "/**\n * import('../keys/list.ts')\n */\nexport const x = 1;",
    ],
    ['the named surface of the package', 'client/index.ts', "export { x } from '../shared/signature.ts';"],
  ])('%s', (_, path, text) => {
    expect(found(path, text)).toEqual([]);
  });
});
