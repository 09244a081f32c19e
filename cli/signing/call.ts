import { type Command, Option } from 'commander';
import {
  createKeysealClient,
  type KeysealClientOptions,
  KeysealRefusal,
  signRequest,
} from '../../client/index.ts';
import { suggest } from '../../server/lib/suggest.ts';
import type { ProcedureInfo } from '../../server/rpc/procedure-registry.ts';
import { knownFailure } from '../../server/stores/database/connection/failure-sentence.ts';
import { parseUrl } from '../../shared/parse-url.ts';
import type { LoadApi } from '../load-api.ts';
import { readArgument } from '../options/input.ts';
import { CommandError, EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import {
  checkStandardInput,
  keyOfEnvironment,
  type PrivateKeyOptions,
  requireKey,
  type SigningKey,
  withPrivateKey,
} from './credentials.ts';

export function addCall(program: Command, loadApi: LoadApi): void {
  withPrivateKey(withJson(program.command('call')))
    .description(
      'Call a procedure and print its output as JSON. The call is signed with KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET or a private key, on behalf of the user in KEYSEAL_USER_TOKEN if that is set',
    )
    .argument('<procedure>', 'such as exemple or keys.list')
    .argument('[input]', 'JSON; - reads it from standard input')
    .addOption(
      new Option('--url <url>', 'the URL of the service').env('KEYSEAL_URL').default('http://localhost:3000'),
    )
    .addOption(
      new Option('--as <kind>', 'query or mutation, for procedures unknown to this version').choices([
        'query',
        'mutation',
      ]),
    )
    .action((name: string, input: string | undefined, options: CallOptions) =>
      call(loadApi, name, input, options),
    );
}

interface CallOptions extends JsonOption, PrivateKeyOptions {
  readonly url: string;
  readonly as?: 'query' | 'mutation';
}

async function call(
  loadApi: LoadApi,
  name: string,
  given: string | undefined,
  options: CallOptions,
): Promise<void> {
  const { procedures } = await loadApi();
  const kind = kindOf(name, procedures, options.as);
  const isPublic = procedures.get(name)?.guard.access === 'public';
  checkStandardInput(options, given);
  const input = parse(await readArgument(given));
  const command = 'keyseal call --private-key';
  const credentials = isPublic
    ? await keyOfEnvironment(command, options)
    : await requireKey(command, options);
  requireServiceUrl(options.url);
  const output = await send(options.url, credentials, { name, kind, input }).catch((error) => {
    throw failedCall(error, options.url);
  });
  printResult(options, output ?? null, JSON.stringify(output ?? null, null, 2));
}

/** @throws CommandError if it is not a URL */
export function requireServiceUrl(url: string): void {
  if (/^https?:\/\//.test(url) && parseUrl(url) !== null) return;
  throw new CommandError(`"${url}" is not a URL such as http://localhost:3000.`, EXIT.usage);
}

function kindOf(
  name: string,
  procedures: ReadonlyMap<string, ProcedureInfo>,
  as: 'query' | 'mutation' | undefined,
): 'query' | 'mutation' {
  const { type } = procedures.get(name) ?? { type: as };
  if (type === 'subscription') {
    throw new CommandError(
      `"${name}" is a subscription. keyseal call supports only queries and mutations.`,
      EXIT.usage,
    );
  }
  if (type !== undefined && /^\w+(\.\w+)*$/.test(name)) return type;
  const near = suggest(name, procedures.keys());
  throw new CommandError(
    `There is no procedure "${name}" in this version.${near ? ` Did you mean ${near}?` : ''}`,
    EXIT.usage,
  );
}

function parse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The message omits the value: it may contain a password.
    throw new CommandError('The input is not JSON.', EXIT.usage);
  }
}

/** The method's name in tRPC's client. */
const VERB = { query: 'query', mutation: 'mutate' } as const;

type CallProcedure = (input: unknown) => Promise<unknown>;

interface Call {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly input: unknown;
}

function send(url: string, credentials: SigningKey | null, { name, kind, input }: Call): Promise<unknown> {
  const client = createKeysealClient({
    url,
    ...(credentials?.userToken ? signingFetchFor(credentials) : credentials),
  });
  // The client is a proxy, in which every path is a procedure.
  const target = name
    .split('.')
    .reduce((at, part) => (at as Record<string, unknown>)[part], client as unknown);
  return (target as Record<string, CallProcedure>)[VERB[kind]]?.(input) ?? Promise.resolve();
}

/** The client expects a user's session. Here is only its token, so this fetch signs with the key, and sends the token along. */
function signingFetchFor(credentials: SigningKey): Pick<KeysealClientOptions, 'fetch'> {
  return {
    fetch: async (input, init) => globalThis.fetch(await signRequest(new Request(input, init), credentials)),
  };
}

/** The error that the user sees after a failed call. */
export function failedCall(error: unknown, url: string): CommandError {
  if (error instanceof KeysealRefusal) {
    const { reason, details } = error;
    const exit = details.httpStatus >= 500 ? EXIT.unavailable : EXIT.refused;
    const missing = details.missing === undefined ? '' : ` (${[details.missing].flat().join(', ')})`;
    const issues = details.issues?.map((issue) => ` ${issue.path}: ${issue.message}.`).join('') ?? '';
    return new CommandError(`${reason}${missing}: ${error.message}${issues}`, exit, { ...details });
  }
  const { cause, message } = error as Error;
  const code = (cause as { cause?: { code?: string } } | undefined)?.cause?.code;
  const known = knownFailure(code ?? '', 'using');
  const problem = known
    ? `${known.wrong} (${code})`
    : `did not respond like a Keyseal service: ${code ?? message}`;
  return new CommandError(`${url} ${problem}. Check --url and that the service runs.`, EXIT.unavailable);
}
