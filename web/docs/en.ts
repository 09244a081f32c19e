import type { DocsGroup } from '../../shared/docs-pages.ts';

const groups: Readonly<Record<DocsGroup, string>> = {
  start: 'Get started',
  sign: 'Sign requests',
  keys: 'Keys and teams',
  build: 'Build on it',
  operate: 'Operate',
  project: 'The project',
};

const groupsMore: Readonly<Record<DocsGroup, string>> = {
  start: 'From nothing to the first accepted call.',
  sign: 'What proves a call, in any language.',
  keys: 'Who may call what, and how often.',
  build: 'Your own procedures, and services that check calls.',
  operate: 'Install, configure, watch and secure the service.',
  project: 'What it guarantees, what it costs, and what is new.',
};

export const en = {
  securityMore:
    'What your program proves with every call, and how. For developers who write code against this API.',
  indexMore: 'Everything about calling this API, managing its keys, and running the service.',
  groups,
  groupsMore,
  inEnglish: '',
  startHere: 'Start here',
  starts: {
    quickstart: {
      title: 'Make your first call',
      more: 'Start the service, create a key, and paste one command.',
    },
    'sign-a-request': {
      title: 'Sign a request',
      more: 'The ten lines and the header, for any language.',
    },
    troubleshooting: {
      title: 'Fix a refused call',
      more: 'From what you see to its cause.',
    },
    'operators/production-checklist': {
      title: 'Go to production',
      more: 'What to set and check before others rely on it.',
    },
  },
  pages: 'Pages of the documentation',
  allPages: 'All pages',
  contents: 'On this page',
  previous: (title: string) => `Previous: ${title}`,
  next: (title: string) => `Next: ${title}`,
  onlyEnglish: '',
  api: 'API reference',
  refusals: 'Refusals',
  search: 'Search the documentation',
  searchHint: 'Words, an error code, a setting',
  results: 'Search results',
  found: (count: number) => (count === 1 ? '1 result' : `${count} results`),
  nothing: (words: string) => `Nothing contains “${words}”`,
  nothingMore: 'Try fewer words, or another spelling.',
  key: 'The examples are for',
  noKey: 'Any key',
  keyHint: 'All examples contain its id. They do not show its secrets: replace the dots with yours.',
  signInHint: 'Sign in to see the examples with the id of your own key.',
  debugger: 'A signature is refused? Find out why',
  snippets: 'The call in each language',
  snippet: (language: string) => `A call in ${language}`,
};
