import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { createKeysealClient } from '../../client/index.ts';
import { IdempotencySecret } from '../../server/keys/exchange/schemas.ts';
import { withoutLineEnd } from '../../server/lib/without-line-end.ts';
import { nameOf, readFileOrInput } from '../options/input.ts';
import { CommandError, EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import { failedCall, requireServiceUrl } from '../signing/call.ts';
import { checkPublicKey } from '../signing/registered-key.ts';

interface ExchangeOptions extends JsonOption {
  readonly tokenFile: string;
  readonly rule?: string;
  readonly publicKey?: string;
  readonly idempotencyKeyFile?: string;
  readonly url: string;
}

export function addExchange(group: Command): void {
  withJson(group.command('exchange'))
    .description(
      'Exchange the token of a CI job or another workload for a key that is valid for at most an hour, and print its secrets as lines for the environment',
    )
    .requiredOption('--token-file <file>', 'the file with the token (a JWT); - reads it from standard input')
    .option('--rule <id>', 'the exchange rule (exr_…); needed if several fit the token')
    .option(
      '--public-key <file>',
      'what keyseal keygen printed: then the key has no signing secret, and the private key signs; - reads standard input',
    )
    .option(
      '--idempotency-key-file <file>',
      'the idempotency key, which is created if the file does not exist: with it, the same token can be exchanged again if the response is lost',
    )
    .addOption(
      new Option('--url <url>', 'the URL of the service').env('KEYSEAL_URL').default('http://localhost:3000'),
    )
    .action(exchangeCommand);
}

async function exchangeCommand(options: ExchangeOptions): Promise<void> {
  const { tokenFile, rule, publicKey, idempotencyKeyFile, url } = options;
  requireServiceUrl(url);
  if (tokenFile === '-' && publicKey === '-')
    throw new CommandError('The token and the public key cannot both be standard input.', EXIT.usage);
  const token = withoutLineEnd(await readFileOrInput(tokenFile));
  const registration = publicKey === undefined ? {} : await readRegistration(publicKey);
  // If the response is lost, the client repeats the call with the same idempotency key.
  const idempotencyKey = await idempotencyKeyOf(idempotencyKeyFile);
  const client = createKeysealClient({ url, retry: { attempts: 3, maxDelay: 10_000 } });
  const input = { token, idempotencyKey, ...registration, ...(rule === undefined ? {} : { rule }) };
  const given = await client.keys.exchange.mutate(input).catch((error) => {
    throw failedCall(error, url);
  });
  const { secret, signingSecret } = given;
  const signs = signingSecret === null ? '' : `\nKEYSEAL_SIGNING_SECRET=${signingSecret}`;
  printResult(options, given, `KEYSEAL_API_KEY=${secret}${signs}`);
}

const Registration = z.object({ publicKey: z.record(z.string(), z.unknown()), proof: z.string() });

/** What `keyseal keygen` printed. @throws CommandError if the file has something else, such as a private key */
async function readRegistration(file: string): Promise<z.infer<typeof Registration>> {
  const { success, data } = Registration.safeParse(parseJson(await readFileOrInput(file)));
  if (!success)
    throw new CommandError(
      `${nameOf(file)} is not what keyseal keygen prints: a JSON object with publicKey and proof.`,
    );
  checkPublicKey(data.publicKey, file);
  return data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A new idempotency key, or the one in the file; a file that does not exist is created with a new key. */
async function idempotencyKeyOf(file: string | undefined): Promise<string> {
  const made = randomBytes(24).toString('base64url');
  if (file === undefined) return made;
  // The file keeps the key for the next attempt, which standard input cannot.
  if (file === '-') throw new CommandError('--idempotency-key-file must name a file.');
  const isNew = await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw new CommandError(`${file} cannot be written: ${error.code ?? error.message}.`);
    },
  );
  if (isNew) return made;
  const { success, data } = IdempotencySecret.safeParse(withoutLineEnd(await readFileOrInput(file)));
  if (!success) throw new CommandError(`${file} has no idempotency key: 16 to 200 visible characters.`);
  return data;
}
