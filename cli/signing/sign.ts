import type { Command } from 'commander';
import { signRequest } from '../../client/index.ts';
import { parseUrl } from '../../shared/parse-url.ts';
import { readArgument } from '../options/input.ts';
import { CommandError, EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import { checkStandardInput, type PrivateKeyOptions, requireKey, withPrivateKey } from './credentials.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function addSign(program: Command): void {
  withPrivateKey(withJson(program.command('sign')))
    .description(
      'Print a curl command, signed with KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET or a private key, on behalf of the user in KEYSEAL_USER_TOKEN if that is set. The service accepts it once, within five minutes',
    )
    .argument('<method>', METHODS.join(', '))
    .argument('<url>', 'such as "http://localhost:3000/api/exemple"')
    .argument('[body]', 'the exact body that is sent; - reads it from standard input')
    .option('--content-type <type>', 'content type of the body', 'application/json')
    .action(sign);
}

async function sign(
  method: string,
  url: string,
  given: string | undefined,
  options: JsonOption & PrivateKeyOptions & { contentType: string },
): Promise<void> {
  checkStandardInput(options, given);
  const credentials = await requireKey('keyseal sign --private-key', options);
  const body = await readArgument(given);
  const signed = await signRequest(
    requestOf(method.toUpperCase(), url, body, options.contentType),
    credentials,
  );
  const headers = Object.fromEntries(signed.headers);
  const data = { method: signed.method, url: signed.url, headers, body };
  printResult(options, data, curl(signed.method, signed.url, headers, body));
}

function requestOf(method: string, url: string, body: string | null, contentType: string): Request {
  if (!METHODS.includes(method)) {
    throw new CommandError(`The method must be one of ${METHODS.join(', ')}, not "${method}".`, EXIT.usage);
  }
  if (!/^https?:\/\//.test(url) || parseUrl(url) === null) {
    throw new CommandError(`"${url}" is not a URL such as http://localhost:3000/api/exemple.`, EXIT.usage);
  }
  if (method === 'GET') {
    if (body !== null) throw new CommandError('GET has no body. Put the input into the URL.', EXIT.usage);
    return new Request(url);
  }
  if (body?.includes('\0'))
    throw new CommandError('The body contains a NUL byte, which no shell can pass on.', EXIT.usage);
  return new Request(url, { method, headers: { 'content-type': contentType }, body: body ?? '' });
}

/** References to the reader's environment variables: the printed command contains no secret. */
const FROM_ENVIRONMENT: Readonly<Record<string, string>> = {
  authorization: '"authorization: Bearer $KEYSEAL_API_KEY"',
  'x-user-token': '"x-user-token: $KEYSEAL_USER_TOKEN"',
};

function curl(method: string, url: string, headers: Record<string, string>, body: string | null): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `-H ${FROM_ENVIRONMENT[name] ?? shellQuote(`${name}: ${value}`)}`,
  );
  // curl would expand brackets and normalize the path, and send another request than the signed one.
  const start = `curl -sS --globoff --path-as-is -X ${method} ${shellQuote(url)}`;
  const data = method === 'GET' ? [] : [`--data-raw ${shellQuote(body ?? '')}`];
  return [start, ...lines, ...data].join(' \\\n  ');
}

const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
