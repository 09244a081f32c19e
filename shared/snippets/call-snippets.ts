import { goSnippet, unsignedGoSnippet } from './go.ts';
import type { SignatureForm, SnippetAlgorithm, SnippetRequest, SnippetSecrets } from './parts.ts';
import { pythonSnippet, unsignedPythonSnippet } from './python.ts';
import { shellSnippet, unsignedShellSnippet } from './shell.ts';
import { CURL, HTTPIE } from './shell-client.ts';
import { standardGoSnippet } from './standard-go.ts';
import { standardPythonSnippet } from './standard-python.ts';
import { standardShellSnippet } from './standard-shell.ts';
import { standardTypescriptSnippet } from './standard-typescript.ts';
import { typescriptSnippet, unsignedTypescriptSnippet } from './typescript.ts';

/** The languages of a call. */
export const CALL_LANGUAGES = ['curl', 'typescript', 'python', 'go', 'httpie'] as const;
export type CallLanguage = (typeof CALL_LANGUAGES)[number];
export type CallSnippets = Readonly<Record<CallLanguage, string>>;

/** The display name of each language. */
export const LANGUAGE_NAMES: CallSnippets = {
  curl: 'curl',
  typescript: 'TypeScript',
  python: 'Python',
  go: 'Go',
  httpie: 'HTTPie',
};

/** The signer of a call: a key, whose secrets the snippet contains or reads from the environment. */
export interface SnippetSigner {
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
): CallSnippets {
  const { origin, host: authority, pathname } = new URL(url);
  const sent = { ...request, target: pathname.replace(/\/$/, '') + request.target };
  if (signer === null)
    return {
      curl: unsignedShellSnippet(origin, sent, CURL),
      httpie: unsignedShellSnippet(origin, sent, HTTPIE),
      typescript: unsignedTypescriptSnippet(origin, sent),
      python: unsignedPythonSnippet({ origin, authority }, sent),
      go: unsignedGoSnippet(origin, sent),
    };
  const { algorithm = 'hmac-sha256' } = signer;
  const parts = { ...sent, ...signer, algorithm, origin, authority };
  if (form === 'rfc9421' || algorithm !== 'hmac-sha256')
    return {
      curl: standardShellSnippet(parts, CURL),
      httpie: standardShellSnippet(parts, HTTPIE),
      typescript: standardTypescriptSnippet(parts),
      python: standardPythonSnippet(parts),
      go: standardGoSnippet(parts),
    };
  return {
    curl: shellSnippet(parts, CURL),
    httpie: shellSnippet(parts, HTTPIE),
    typescript: typescriptSnippet(parts),
    python: pythonSnippet(parts),
    go: goSnippet(parts),
  };
}
