import { covers } from '../../shared/permissions.ts';
import { curlSnippet } from './curl.ts';
import { pythonSnippet } from './python.ts';
import { typescriptSnippet } from './typescript.ts';

/** The procedure that a snippet calls: `whoami` is open to every key. */
export type SnippetProcedure = 'exemple' | 'whoami';

/** The call that a snippet makes. */
export interface SnippetOf {
  /** Origin of the service, with its base path. */
  readonly url: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  /** `exemple` by default. */
  readonly procedure?: SnippetProcedure;
}

export const SNIPPET_LANGUAGES = ['curl', 'typescript', 'python'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/** The display name of each language. */
export const LANGUAGE_NAMES: Readonly<Record<SnippetLanguage, string>> = {
  curl: 'curl',
  typescript: 'TypeScript',
  python: 'Python',
};

const TARGETS: Readonly<Record<SnippetProcedure, string>> = {
  exemple: '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D',
  whoami: '/api/whoami',
};

/** A procedure that a key with these permissions may call. */
export const procedureFor = (permissions: readonly string[]): SnippetProcedure =>
  covers(permissions, 'exemple:read') ? 'exemple' : 'whoami';

/** A complete signed call: it works as pasted. */
export function snippetsFor({
  url,
  procedure = 'exemple',
  ...secrets
}: SnippetOf): Readonly<Record<SnippetLanguage, string>> {
  const { origin, host, pathname } = new URL(url);
  const target = pathname.replace(/\/$/, '') + TARGETS[procedure];
  const parts = { ...secrets, origin, authority: host, target };
  return {
    curl: curlSnippet(parts),
    typescript: typescriptSnippet(parts),
    python: pythonSnippet(parts),
  };
}
