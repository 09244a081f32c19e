/** The pages of the docs in groups, in reading order. A page is named by its path below `/docs/`. */
export const DOCS = {
  start: ['quickstart', 'console', 'client', 'frontends', 'next'],
  sign: [
    'security-procedure',
    'sign-a-request',
    'sign-by-hand',
    'standard-signatures',
    'signed-responses',
    'troubleshooting',
  ],
  keys: ['keys', 'limits-and-credits', 'usage', 'teams', 'audit', 'identity-provider', 'workload-identity'],
  build: ['verify-a-request', 'your-own-procedures', 'openapi', 'reference/client', 'reference/sdk'],
  operate: [
    'operators/production-checklist',
    ...['operators/running', 'operators/configuration', 'operators/cli'],
    ...['operators/postgres', 'operators/proxies', 'operators/kubernetes'],
    ...['operators/observability', 'operators/security'],
  ],
  project: ['security-model', 'performance', 'scaling', 'compatibility', 'changelog'],
} as const;

export type DocsGroup = keyof typeof DOCS;
export type DocsPageName = (typeof DOCS)[DocsGroup][number];

/** Every page, in reading order. */
export const DOCS_PAGES: readonly DocsPageName[] = Object.values(DOCS).flat();
