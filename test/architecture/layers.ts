interface Layer {
  /** The files of the layer. A file of the product that belongs to no layer is refused. */
  readonly files: RegExp;
  /** The layers that its files may import, in addition to their own; `types of` one for `import type` only. */
  readonly imports: readonly string[];
  /** What its files may import from outside: anything, anything that runs in a browser too, or nothing. */
  readonly outside: 'anything' | 'no node:' | 'nothing';
}

const BELOW_STORES = ['lib', 'drizzle', 'shared'];
const BELOW_GATE = ['stores', ...BELOW_STORES];
const BELOW_RPC = ['gate', 'membership', ...BELOW_GATE];
const BELOW_APP = ['http', 'metrics', 'routes', 'feature', 'rpc', ...BELOW_RPC];

/**
 * The import rules: `web → client → shared ← server → drizzle`, and in the server
 * `main, sdk → cli → app → http → metrics → feature → rpc → gate → membership → stores → lib`, where an import may
 * skip layers downwards. Commands call the service through the client, so `cli → client`.
 */
export const LAYERS: Readonly<Record<string, Layer>> = {
  // Runs when the console is built: makes modules of the docs, and compresses.
  compiler: {
    files: /^web\/(docs\/compile\/|(compressed-plugin|vite\.config)\.ts)/,
    imports: ['web', 'shared'],
    outside: 'anything',
  },
  web: { files: /^web\//, imports: ['client', 'shared', 'reasons', 'pages'], outside: 'no node:' },
  client: { files: /^client\/(?!guard\/)/, imports: ['shared', 'types of routes'], outside: 'no node:' },
  guard: { files: /^client\/guard\//, imports: ['client', 'shared'], outside: 'no node:' },
  // Long texts for people, which a client does not carry along.
  reasons: {
    files: /^shared\/(error-guide|procedure-docs)\//,
    imports: ['types of shared'],
    outside: 'nothing',
  },
  // Pages for consumers, which the console shows too.
  pages: { files: /^(docs\/.*\.md|SECURITY\.md|CHANGELOG\.md)$/, imports: [], outside: 'nothing' },
  shared: { files: /^shared\//, imports: [], outside: 'nothing' },
  drizzle: { files: /^drizzle\//, imports: ['types of shared'], outside: 'anything' },

  main: { files: /^server\/main\.ts$/, imports: ['cli'], outside: 'anything' },
  sdk: { files: /^sdk\//, imports: ['cli', 'app', ...BELOW_APP], outside: 'anything' },
  cli: { files: /^cli\//, imports: ['sdk', 'app', 'client', ...BELOW_APP], outside: 'anything' },
  routes: {
    files: /^server\/app\/routes\.ts$/,
    imports: ['feature', 'rpc', ...BELOW_RPC],
    outside: 'anything',
  },
  app: { files: /^server\/app\//, imports: BELOW_APP, outside: 'anything' },
  http: {
    files: /^server\/http\//,
    imports: ['metrics', 'feature', 'rpc', ...BELOW_RPC],
    outside: 'anything',
  },
  // Nothing that is measured imports this layer: it reads numbers that the others keep.
  metrics: { files: /^server\/metrics\//, imports: ['feature', ...BELOW_RPC], outside: 'anything' },
  rpc: { files: /^server\/rpc\//, imports: BELOW_RPC, outside: 'anything' },
  gate: { files: /^server\/gate\//, imports: BELOW_GATE, outside: 'anything' },
  // Use cases that several features need.
  membership: { files: /^server\/membership\//, imports: BELOW_GATE, outside: 'anything' },
  stores: { files: /^server\/stores\//, imports: BELOW_STORES, outside: 'anything' },
  lib: { files: /^server\/lib\//, imports: ['shared'], outside: 'anything' },
  feature: { files: /^server\/[a-z-]+\//, imports: ['rpc', 'reasons', ...BELOW_RPC], outside: 'anything' },
};

/** Layers whose folders do not import each other: no feature imports another. */
export const APART: readonly string[] = ['feature'];

/**
 * Layers whose folders have an order: a folder imports only folders that come after it here. Files outside of these folders
 * may import all of them, and none of the folders imports such a file.
 */
export const FOLDER_ORDER: Readonly<Record<string, readonly string[]>> = {
  web: [
    'app',
    'spotlight',
    // Pages, and what some of them share.
    ...[
      'overview',
      'docs',
      'playground',
      'debugger',
      'profile',
      'invitation',
      'team',
      'sign-in',
      'step-up',
      'sessions',
    ],
    'workloads',
    ...['keys', 'key', 'usage', 'audit', 'requests', 'create-key', 'key-actions', 'reveal'],
    ...['key-form', 'key-model', 'charts', 'snippets', 'saved-filters', 'passkeys', 'csv'],
    ...['shell', 'session', 'ui', 'language', 'api'],
  ],
};

/** What a package gives to others is a list of names; nowhere else does a file only pass on. */
export const PUBLIC_SURFACES: readonly string[] = [
  'client/index.ts',
  'client/guard/index.ts',
  'client/guard/entry/express.ts',
  'client/guard/entry/fastify.ts',
  'client/guard/entry/hono.ts',
  'client/guard/entry/koa.ts',
  'client/guard/entry/node.ts',
  'sdk/index.ts',
];
