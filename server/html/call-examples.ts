import type { Access } from '../../shared/guard.ts';
import {
  type CallLanguage,
  type CallSnippets,
  LANGUAGE_NAMES,
  type SnippetSigner,
  snippetsOf,
} from '../../shared/snippets/call-snippets.ts';
import { callTarget } from '../../shared/snippets/call-target.ts';
import { shellQuote } from '../../shared/snippets/shell.ts';
import type { ApiDocument, Content, Operation } from '../rpc/api-document.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';
import { sampleOf } from './sample-input.ts';

/** The languages of an example, with their names: TypeScript is that of the client, which signs by itself. */
export const EXAMPLE_LANGUAGES = {
  ts: LANGUAGE_NAMES.typescript,
  curl: LANGUAGE_NAMES.curl,
  python: LANGUAGE_NAMES.python,
  go: LANGUAGE_NAMES.go,
  httpie: LANGUAGE_NAMES.httpie,
  cli: 'keyseal',
  http: 'HTTP',
} as const satisfies Readonly<Record<Exclude<CallLanguage, 'typescript'> | 'ts' | 'cli' | 'http', string>>;
export type ExampleLanguage = keyof typeof EXAMPLE_LANGUAGES;

/** A procedure as its example calls it. */
export interface ExampleCall {
  readonly name: string;
  readonly operation: Operation;
  readonly procedure: ProcedureInfo;
  readonly document: ApiDocument;
}

/** The input of a call: JSON, or another media type, for which an example has no bytes; undefined without an input. */
type Input = { readonly media: string; readonly value: unknown } | undefined;

/** The client method that ends a call, by the type of its procedure. */
const VERBS = { query: 'query', mutation: 'mutate', subscription: 'subscribe' } as const;

const APP_JSON = 'application/json';
const SIGNATURE = 'x-signature: v1,k=<id>,t=<seconds>,n=<nonce>,s=<hex>';
const TOKEN = 'authorization: Bearer <access token>';
const KEY = 'authorization: Bearer ks_live_<id>_<secret>';

/** The credentials of the first combination that a procedure accepts. */
const PROOFS: Readonly<Record<Access, readonly string[]>> = {
  public: [],
  session: [SIGNATURE],
  user: [TOKEN, SIGNATURE],
  key: [KEY, SIGNATURE],
  'key-for-user': [KEY, 'x-user-token: <access token>', SIGNATURE],
  'key-or-user': [KEY, SIGNATURE],
  any: [KEY, SIGNATURE],
};

/** Who signs in a program, with secrets from its environment; undefined if only a session can, whose secrets a program does not have. */
const SIGNERS: Readonly<Record<Access, SnippetSigner | null | undefined>> = {
  public: null,
  session: undefined,
  user: undefined,
  key: { secrets: null, isForUser: false },
  'key-for-user': { secrets: null, isForUser: true },
  'key-or-user': { secrets: null, isForUser: false },
  any: { secrets: null, isForUser: false },
};

/** The same call in each language that can express it in a few lines. */
export function callExamples(call: ExampleCall): readonly (readonly [ExampleLanguage, string])[] {
  const input = inputOf(call);
  const examples: Readonly<Partial<Record<ExampleLanguage, string | null>>> = {
    ts: typescriptOf(call, input),
    ...snippetsIn(call, input),
    cli: commandOf(call, input),
    http: requestOf(call, input),
  };
  return (Object.keys(EXAMPLE_LANGUAGES) as ExampleLanguage[]).flatMap((language) => {
    const code = examples[language] ?? null;
    return code === null ? [] : [[language, code] as const];
  });
}

/** The programs that the playground shows; none for a stream, which does not end, and for bytes. */
function snippetsIn({ name, procedure, document }: ExampleCall, input: Input): Partial<CallSnippets> {
  const signer = SIGNERS[procedure.guard.access];
  if (signer === undefined || procedure.type === 'subscription') return {};
  if (input && input.media !== APP_JSON) return {};
  const url = new URL(document.servers[0]?.url ?? '', 'http://localhost').href;
  const json = input && JSON.stringify(input.value);
  if (procedure.type === 'query') {
    const target = callTarget(name, json ?? null);
    return snippetsOf(url, { method: 'GET', target, contentType: '', body: null }, signer);
  }
  const sent = { method: 'POST', target: callTarget(name, null), contentType: APP_JSON } as const;
  return snippetsOf(url, { ...sent, body: json ?? '{}' }, signer);
}

function inputOf({ operation, document }: ExampleCall): Input {
  const content: Content = operation.requestBody?.content ?? operation.parameters?.[0]?.content ?? {};
  const [media, { schema, example } = { schema: {} }] = Object.entries(content)[0] ?? [];
  if (media === undefined) return undefined;
  const value = example ?? sampleOf(schema, document.components.schemas);
  const isLeftOut = operation.parameters?.[0]?.required === false && JSON.stringify(value) === '{}';
  return isLeftOut ? undefined : { media, value };
}

function typescriptOf({ name, procedure }: ExampleCall, input: Input): string {
  const path = name.split('.').map((part) => (/^[A-Za-z_$][\w$]*$/.test(part) ? `.${part}` : `['${part}']`));
  const call = `client${path.join('')}.${VERBS[procedure.type]}`;
  const value = input && (input.media === APP_JSON ? JSON.stringify(input.value, null, 2) : 'body');
  if (procedure.type === 'subscription')
    return `${call}(${value ?? 'undefined'}, {\n  onData: (event) => console.log(event),\n});`;
  return `const answer = await ${call}(${value ?? ''});`;
}

function commandOf({ name, procedure }: ExampleCall, input: Input): string | null {
  if (procedure.type === 'subscription' || (input && input.media !== APP_JSON)) return null;
  const word = /^[\w.-]+$/.test(name) ? name : shellQuote(name);
  return ['keyseal call', word, ...(input ? [shellQuote(JSON.stringify(input.value))] : [])].join(' ');
}

function requestOf({ name, procedure, document }: ExampleCall, input: Input): string {
  const url = new URL(document.servers[0]?.url ?? 'http://localhost');
  const base = url.pathname.replace(/\/$/, '');
  const lines = [`host: ${url.host}`, ...PROOFS[procedure.guard.access]];
  if (procedure.type !== 'mutation') {
    const target = callTarget(name, input ? JSON.stringify(input.value) : null);
    return [`GET ${base}${target}`, ...lines].join('\n');
  }
  const body = input && (input.media === APP_JSON ? JSON.stringify(input.value) : '<bytes>');
  const type = input ? [`content-type: ${input.media}`] : [];
  return [
    `POST ${base}${callTarget(name, null)}`,
    ...lines,
    ...type,
    ...(body === undefined ? [] : ['', body]),
  ].join('\n');
}
