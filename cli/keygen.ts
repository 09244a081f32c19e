import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { CompactSign } from 'jose';
import { CommandError } from './failure.ts';
import { type JsonOption, printResult, withJson } from './print-result.ts';

/** How a pair of each kind is made, and the name of its algorithm in the proof. */
const KINDS = {
  ed25519: { alg: 'EdDSA', make: () => generateKeyPairSync('ed25519') },
  'p-256': { alg: 'ES256', make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
} as const;

export function addKeygen(program: Command): void {
  withJson(program.command('keygen'))
    .description('Make a key pair that signs without a shared secret, and the input that registers it')
    .requiredOption('--out <file>', 'where the private key is written, as PEM (PKCS #8)')
    .requiredOption('--issuer <url>', 'the issuer of the service (KEYSEAL_ISSUER; its URL by default)')
    .addOption(
      new Option('--algorithm <name>', 'the kind of key').choices(Object.keys(KINDS)).default('ed25519'),
    )
    .action(keygen);
}

interface KeygenOptions extends JsonOption {
  readonly out: string;
  readonly issuer: string;
  readonly algorithm: keyof typeof KINDS;
}

async function keygen({ out, issuer, algorithm, ...options }: KeygenOptions): Promise<void> {
  const { alg, make } = KINDS[algorithm];
  const { privateKey, publicKey } = make();
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(out, pem, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new CommandError(`${out} exists. Name a file that does not, so that no key is lost.`);
    throw new CommandError(`${out} cannot be written: ${error.code ?? error.message}.`);
  });
  const input = {
    publicKey: publicKey.export({ format: 'jwk' }),
    proof: await proofOf(privateKey, alg, issuer),
  };
  printResult(options, input, JSON.stringify(input, null, 2));
}

/** See `keys.create`: proves that its maker has the private key, and is accepted for five minutes. */
function proofOf(privateKey: KeyObject, alg: string, issuer: string): Promise<string> {
  const claims = {
    aud: issuer,
    iat: Math.floor(Date.now() / 1000),
    jti: randomBytes(16).toString('base64url'),
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg }).sign(privateKey);
}
