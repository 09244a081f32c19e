import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { createKeysealClient } from '../client/index.ts';
import { withoutLineEnd } from '../server/lib/line-end.ts';
import { failedCall, requireServiceUrl } from './call.ts';
import { CommandError } from './failure.ts';
import { readArgument } from './input.ts';
import { type JsonOption, printResult, withJson } from './print-result.ts';

interface ExchangeOptions extends JsonOption {
  readonly tokenFile: string;
  readonly rule?: string;
  readonly url: string;
}

/** Adds `keyseal keys exchange`. */
export function addExchange(group: Command): void {
  withJson(group.command('exchange'))
    .description(
      'Exchange the token of a CI job or another workload for a key that is valid for at most an hour, and print its secrets as lines for the environment',
    )
    .requiredOption('--token-file <file>', 'the file with the token (a JWT); - reads it from standard input')
    .option('--rule <id>', 'the exchange rule (exr_…); needed if several fit the token')
    .addOption(
      new Option('--url <url>', 'the URL of the service').env('KEYSEAL_URL').default('http://localhost:3000'),
    )
    .action(exchangeCommand);
}

async function exchangeCommand({ tokenFile, rule, url, ...options }: ExchangeOptions): Promise<void> {
  requireServiceUrl(url);
  const token = withoutLineEnd(
    (await readArgument(tokenFile === '-' ? '-' : await contentOf(tokenFile))) ?? '',
  );
  const client = createKeysealClient({ url, retry: { attempts: 3, maxDelay: 10_000 } });
  // If the response is lost on its way, the client repeats the call with the same idempotency key.
  const idempotencyKey = randomBytes(24).toString('base64url');
  const input = { token, idempotencyKey, ...(rule === undefined ? {} : { rule }) };
  const given = await client.keys.exchange.mutate(input).catch((error) => {
    throw failedCall(error, url);
  });
  const { secret, signingSecret } = given;
  printResult(options, given, `KEYSEAL_API_KEY=${secret}\nKEYSEAL_SIGNING_SECRET=${signingSecret}`);
}

async function contentOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read: ${error.code ?? error.message}.`);
  });
}
