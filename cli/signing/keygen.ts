import { type KeyObject, randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { CompactSign } from 'jose';
import { CommandError, EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import {
  KEY_ALGORITHMS,
  makePrivateKey,
  publicJwkOf,
  readPrivateKey,
  writePrivateKey,
} from './private-key.ts';

export function addKeygen(program: Command): void {
  withJson(program.command('keygen'))
    .description(
      'Generate a key pair that signs without a shared secret, and print the input that registers it',
    )
    .option('--out <file>', 'where the private key is written, as PEM (PKCS #8)')
    .option(
      '--key <file>',
      'an existing private key (PEM, a JWK, or Ed25519 of OpenSSH); - reads standard input',
    )
    .requiredOption('--issuer <url>', 'the issuer of the service (KEYSEAL_ISSUER; its URL by default)')
    .addOption(
      new Option('--algorithm <name>', 'the kind of key; without it ed25519, or that of --key').choices([
        ...KEY_ALGORITHMS,
      ]),
    )
    .action(keygen);
}

interface KeygenOptions extends JsonOption {
  readonly out?: string;
  readonly key?: string;
  readonly issuer: string;
  readonly algorithm?: string;
}

async function keygen({ out, key, issuer, algorithm, ...options }: KeygenOptions): Promise<void> {
  if (key === undefined && out === undefined)
    throw new CommandError(
      'Give --out FILE for a new private key, or --key FILE for an existing one.',
      EXIT.usage,
    );
  const pair =
    key === undefined
      ? makePrivateKey(algorithm)
      : await readPrivateKey({ file: key, command: 'keyseal keygen --key' }, algorithm);
  const { privateKey, alg } = pair;
  if (out !== undefined) await writePrivateKey(out, privateKey);
  const input = { publicKey: publicJwkOf(pair), proof: await proofOf(privateKey, alg, issuer) };
  printResult(options, input, JSON.stringify(input, null, 2));
}

/** The `proof` for `keys.create`: shows that its maker has the private key, and is accepted for five minutes. */
function proofOf(privateKey: KeyObject, alg: string, issuer: string): Promise<string> {
  const claims = {
    aud: issuer,
    iat: Math.floor(Date.now() / 1000),
    jti: randomBytes(16).toString('base64url'),
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg }).sign(privateKey);
}
