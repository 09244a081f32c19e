import { covers } from '../../shared/permissions.ts';
import { type CallLanguage, snippetsOf } from '../../shared/snippets/call-snippets.ts';
import type { SnippetAlgorithm, SnippetRequest, SnippetSecrets } from '../../shared/snippets/parts.ts';

/** The procedure of a first call: `whoami` is open to every key. */
export type SnippetProcedure = 'exemple' | 'whoami';

/** A first call with a key. */
export interface SnippetOf extends SnippetSecrets {
  /** Origin of the service, with its base path. */
  readonly url: string;
  /** `exemple` by default. */
  readonly procedure?: SnippetProcedure;
}

/** The languages of a first call. */
export const SNIPPET_LANGUAGES = [
  'curl',
  'typescript',
  'python',
  'go',
] as const satisfies readonly CallLanguage[];
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];
export type Snippets = Readonly<Record<SnippetLanguage, string>>;

const TARGETS: Readonly<Record<SnippetProcedure, string>> = {
  exemple: '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D',
  whoami: '/api/whoami',
};

/** A procedure that a key with these permissions may call. */
export const procedureFor = (permissions: readonly string[]): SnippetProcedure =>
  covers(permissions, 'exemple:read') ? 'exemple' : 'whoami';

const firstCall = (procedure: SnippetProcedure): SnippetRequest => ({
  method: 'GET',
  target: TARGETS[procedure],
  contentType: '',
  body: null,
});

/** A complete signed call: it works as pasted. */
export const snippetsFor = ({ url, procedure = 'exemple', ...secrets }: SnippetOf): Snippets =>
  snippetsOf(url, firstCall(procedure), { secrets, isForUser: false });

/** The same call of a key with a public key: it reads the key, and the file of its private key, from the environment. */
export const snippetsByPrivateKey = (
  url: string,
  procedure: SnippetProcedure,
  algorithm: SnippetAlgorithm,
): Snippets => snippetsOf(url, firstCall(procedure), { secrets: null, isForUser: false, algorithm });
