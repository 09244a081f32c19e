import type { DocsGroup } from './catalogue.ts';

const groups: Readonly<Record<DocsGroup, string>> = {
  start: 'Get started',
  sign: 'Sign requests',
  keys: 'Keys and teams',
  build: 'Build on it',
  operate: 'Operate',
  project: 'The project',
};

export const en = {
  securityMore:
    'What your program proves with every call, and how. For developers who write code against this API.',
  indexMore: 'Everything about calling this API, managing its keys, and running the service.',
  groups,
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
