import { type Command, Option } from 'commander';
import { type KeyCredentials, type PrivateKeyCredentials, signRequest } from '../../client/index.ts';
import { withoutLineEnd } from '../../server/lib/without-line-end.ts';
import { CommandError, EXIT } from '../output/failure.ts';
import { KEY_ALGORITHMS, readPrivateKey, toCryptoKey } from './private-key.ts';

/** An API key with its signing secret or private key. */
export type SigningKey = KeyCredentials | PrivateKeyCredentials;

/** The private key that signs in place of a signing secret. */
export interface PrivateKeyOptions {
  readonly privateKey?: string;
  readonly algorithm?: string;
}

/** Adds the options of a command that signs. A file's name may be an argument; a secret would show in the list of processes. */
export const withPrivateKey = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--private-key <file>',
        'the private key of a key without a signing secret (PEM, a JWK, or Ed25519 of OpenSSH); - reads standard input',
      ).env('KEYSEAL_PRIVATE_KEY_FILE'),
    )
    .addOption(
      new Option('--algorithm <name>', 'algorithm of an RSA key (default: ps512, or alg of a JWK)').choices([
        ...KEY_ALGORITHMS,
      ]),
    );

/** @throws CommandError if both an argument and the private key are to be read from standard input */
export function checkStandardInput({ privateKey }: PrivateKeyOptions, argument: string | undefined): void {
  if (privateKey === '-' && argument === '-')
    throw new CommandError('The input and the private key cannot both be standard input.', EXIT.usage);
}

/**
 * Reads the key from the environment: arguments would show in the list of processes.
 * @param command the command line up to the file name, for the hint in error messages
 * @returns null if there is none
 * @throws CommandError if the API key or its signer is missing, or either is malformed
 */
export async function keyOfEnvironment(
  command: string,
  { privateKey: file, algorithm }: PrivateKeyOptions,
): Promise<SigningKey | null> {
  const [apiKey, signingSecret, userToken] = [
    'KEYSEAL_API_KEY',
    'KEYSEAL_SIGNING_SECRET',
    'KEYSEAL_USER_TOKEN',
  ].map((name) => withoutLineEnd(process.env[name] ?? ''));
  if (algorithm !== undefined && !file)
    throw new CommandError('--algorithm needs a private key: give one with --private-key.', EXIT.usage);
  if (!apiKey && !signingSecret && !file) return null;
  if (!apiKey)
    throw configError('KEYSEAL_API_KEY is not set. Set it together with the signing secret or private key.');
  if (signingSecret && file)
    throw configError(
      'KEYSEAL_SIGNING_SECRET is set, and there is a private key: a key has one of them. Unset one.',
    );
  const signer = file
    ? { privateKey: await toCryptoKey(await readPrivateKey({ file, command }, algorithm)) }
    : { signingSecret };
  if ('signingSecret' in signer && !signer.signingSecret) throw configError(NO_SIGNER);
  const credentials = { apiKey, ...signer, ...(userToken ? { userToken } : {}) } as SigningKey;
  await signRequest(new Request('http://localhost'), credentials).catch(() => {
    // The message omits the value: it may be another secret.
    throw configError('KEYSEAL_API_KEY must be an API key such as ks_live_<id>_<secret>.');
  });
  return credentials;
}

const configError = (sentence: string) => new CommandError(sentence, EXIT.config);
const NO_SIGNER =
  'KEYSEAL_SIGNING_SECRET is not set. Set it, or give the private key of the key with --private-key or KEYSEAL_PRIVATE_KEY_FILE.';

export async function requireKey(...given: Parameters<typeof keyOfEnvironment>): Promise<SigningKey> {
  const credentials = await keyOfEnvironment(...given);
  if (credentials) return credentials;
  throw configError(
    'KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET are not set. Set both in the environment, or give a private key with --private-key.',
  );
}
