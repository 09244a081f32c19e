import type { PublicKeyAlgorithm } from '../public-key.ts';

/** A request as a snippet sends it. */
export interface SnippetRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, already encoded. */
  readonly target: string;
  /** Empty without a body. */
  readonly contentType: string;
  readonly body: string | null;
}

/** The secrets of a key, as a snippet contains them. */
export interface SnippetSecrets {
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** The values that a snippet contains. */
export interface SnippetParts extends SnippetRequest {
  /** Null if the snippet reads them from the environment, from the variables of a downloaded `.env`. */
  readonly secrets: SnippetSecrets | null;
  /** Whether it calls on behalf of the user whose token is in `KEYSEAL_USER_TOKEN`. */
  readonly isForUser: boolean;
  /** Without a trailing slash. */
  readonly origin: string;
  /** Host and port, as they are signed. */
  readonly authority: string;
}

/** The format of a signature. */
export type SignatureForm = 'v1' | 'rfc9421';

/** How a key makes an RFC 9421 signature: with its signing secret, or with a private key. */
export type SnippetAlgorithm = 'hmac-sha256' | PublicKeyAlgorithm;

/**
 * The parts of a snippet with an RFC 9421 signature. It always reads the secrets from the environment: a private key from the
 * file that `KEYSEAL_PRIVATE_KEY_FILE` names.
 */
export interface StandardParts extends Omit<SnippetParts, 'secrets'> {
  readonly algorithm: SnippetAlgorithm;
}

/** The components that an RFC 9421 signature covers, those of the request line first. */
export const standardComponents = ({ body, isForUser }: StandardParts): readonly string[] => [
  '@method',
  '@target-uri',
  ...(body === null ? [] : ['content-type', 'content-digest']),
  ...(isForUser ? ['x-user-token'] : []),
];
