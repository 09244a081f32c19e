import { covers } from '../../shared/permissions.ts';
import { curlSnippet, unsignedCurlSnippet } from './curl.ts';
import { goSnippet, unsignedGoSnippet } from './go.ts';
import type { SignatureForm, SnippetAlgorithm, SnippetRequest, SnippetSecrets } from './parts.ts';
import { pythonSnippet, unsignedPythonSnippet } from './python.ts';
import { standardCurlSnippet } from './standard-curl.ts';
import { standardGoSnippet } from './standard-go.ts';
import { standardPythonSnippet } from './standard-python.ts';
import { standardTypescriptSnippet } from './standard-typescript.ts';
import { typescriptSnippet, unsignedTypescriptSnippet } from './typescript.ts';

/** The procedure of a first call: `whoami` is open to every key. */
export type SnippetProcedure = 'exemple' | 'whoami';

/** A first call with a key. */
export interface SnippetOf extends SnippetSecrets {
  /** Origin of the service, with its base path. */
  readonly url: string;
  /** `exemple` by default. */
  readonly procedure?: SnippetProcedure;
}

export const SNIPPET_LANGUAGES = ['curl', 'typescript', 'python', 'go'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];
export type Snippets = Readonly<Record<SnippetLanguage, string>>;

/** The display name of each language. */
export const LANGUAGE_NAMES: Snippets = {
  curl: 'curl',
  typescript: 'TypeScript',
  python: 'Python',
  go: 'Go',
};

/** What each is written in. */
export const CODE_LANGUAGES = { curl: 'bash', typescript: 'typescript', python: 'python', go: 'go' } as const;

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

/** The signer of a call: a key, whose secrets the snippet contains or reads from the environment. */
interface SnippetSigner {
  readonly secrets: SnippetSecrets | null;
  /** Whether the key calls on behalf of a user. */
  readonly isForUser: boolean;
  /** `hmac-sha256` unless the key has a public key: then it makes only RFC 9421 signatures. */
  readonly algorithm?: SnippetAlgorithm;
}

/**
 * A request in each language.
 * @param url origin of the service, with its base path
 * @param signer null for a public procedure
 * @param form the format of the signature. With RFC 9421, the secrets are in the environment.
 */
export function snippetsOf(
  url: string,
  request: SnippetRequest,
  signer: SnippetSigner | null,
  form: SignatureForm = 'v1',
): Snippets {
  const { origin, host: authority, pathname } = new URL(url);
  const sent = { ...request, target: pathname.replace(/\/$/, '') + request.target };
  if (signer === null)
    return {
      curl: unsignedCurlSnippet(origin, sent),
      typescript: unsignedTypescriptSnippet(origin, sent),
      python: unsignedPythonSnippet({ origin, authority }, sent),
      go: unsignedGoSnippet(origin, sent),
    };
  const { algorithm = 'hmac-sha256' } = signer;
  const parts = { ...sent, ...signer, algorithm, origin, authority };
  if (form === 'rfc9421' || algorithm !== 'hmac-sha256')
    return {
      curl: standardCurlSnippet(parts),
      typescript: standardTypescriptSnippet(parts),
      python: standardPythonSnippet(parts),
      go: standardGoSnippet(parts),
    };
  return {
    curl: curlSnippet(parts),
    typescript: typescriptSnippet(parts),
    python: pythonSnippet(parts),
    go: goSnippet(parts),
  };
}
