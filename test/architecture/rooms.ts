interface Room {
  /** The files of the room. A file of the product that belongs to no room is refused. */
  readonly files: RegExp;
  /** The rooms that its files may import, beside their own; `types of` one where it is for `import type` alone. */
  readonly imports: readonly string[];
  /** What its files may import from outside: anything, anything that runs in a browser too, or nothing. */
  readonly outside: 'anything' | 'no node:' | 'nothing';
}

const LEAVES = ['leaf', 'fairness', 'drizzle', 'shared'];

/**
 * The allowed arrows: `web → client → shared ← server → drizzle`, and in the server
 * `main → service → http → router → routes → feature → trpc → gate → stores`, where an arrow may skip rooms downwards;
 * commands are clients too, so `main → client`.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  web: { files: /^web\//, imports: ['client', 'shared', 'reasons', 'pages'], outside: 'no node:' },
  client: { files: /^client\/(?!guard\/)/, imports: ['shared', 'types of routes'], outside: 'no node:' },
  guard: { files: /^client\/guard\//, imports: ['client', 'shared'], outside: 'anything' },
  // Long texts for people, which a client does not carry along.
  reasons: { files: /^shared\/(reasons|procedures)\//, imports: ['types of shared'], outside: 'nothing' },
  // Pages for consumers, which the console shows too.
  pages: { files: /^docs\/(en|fr)\/[\w-]+\.md$/, imports: [], outside: 'nothing' },
  shared: { files: /^shared\//, imports: [], outside: 'nothing' },
  drizzle: { files: /^drizzle\//, imports: ['types of shared'], outside: 'anything' },

  main: {
    files: /^server\/((main|cli)\.ts$|commands\/|own\/)/,
    imports: [
      'service',
      'client',
      'router',
      'routes',
      'trpc',
      'types of gate',
      'feature',
      'stores',
      ...LEAVES,
    ],
    outside: 'anything',
  },
  service: {
    files: /^server\/(service|chores|first-start|log|master-key-check)\.ts$/,
    imports: ['http', 'metrics', 'router', 'routes', 'feature', 'trpc', 'gate', 'stores', ...LEAVES],
    outside: 'anything',
  },
  http: {
    files: /^server\/http\//,
    imports: ['metrics', 'router', 'routes', 'feature', 'trpc', 'gate', 'stores', ...LEAVES],
    outside: 'anything',
  },
  // A room of its own, so that nothing that is measured knows by what: it reads numbers that others keep.
  metrics: {
    files: /^server\/metrics\//,
    imports: ['feature', 'gate', 'stores', ...LEAVES],
    outside: 'anything',
  },
  router: {
    files: /^server\/router\.ts$/,
    imports: ['routes', 'feature', 'trpc', 'gate', 'stores', ...LEAVES],
    outside: 'anything',
  },
  routes: {
    files: /^server\/routes\.ts$/,
    imports: ['feature', 'trpc', 'gate', 'stores', ...LEAVES],
    outside: 'anything',
  },
  feature: {
    files: /^server\/(?!http\/|gate\/|stores\/|commands\/|metrics\/|own\/|fairness\/)[a-z-]+\//,
    imports: ['trpc', 'gate', 'stores', 'reasons', ...LEAVES],
    outside: 'anything',
  },
  trpc: { files: /^server\/(trpc|chain)\.ts$/, imports: ['gate', 'stores', ...LEAVES], outside: 'anything' },
  gate: { files: /^server\/gate\//, imports: ['stores', ...LEAVES], outside: 'anything' },
  stores: { files: /^server\/stores\//, imports: LEAVES, outside: 'anything' },
  // How capacity is divided among callers; knows nothing of what is divided.
  fairness: { files: /^server\/fairness\//, imports: ['shared'], outside: 'anything' },
  leaf: {
    files:
      /^server\/(config|variables|refusal|policy|inputs|package-root|tracing|hmac|api|api-document|guard-check)\.ts$/,
    imports: ['shared'],
    outside: 'anything',
  },
};

/** Rooms whose folders are rooms of their own: no feature imports another. */
export const APART: readonly string[] = ['feature'];

/** What a package gives to others is a list of names; nowhere else does a file only pass on. */
export const PUBLIC_SURFACES: readonly string[] = [
  'client/index.ts',
  'client/guard/index.ts',
  'server/own/index.ts',
];
