import type { Access } from '../../shared/guard.ts';
import type { ApiDocument, Content, Operation } from '../rpc/api-document.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';
import { sampleOf } from './sample-input.ts';

/** The languages of an example, with their names. */
export const EXAMPLE_LANGUAGES = { ts: 'TypeScript', cli: 'keyseal', http: 'HTTP' } as const;
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

const EXAMPLES: Readonly<Record<ExampleLanguage, (call: ExampleCall, input: Input) => string | null>> = {
  ts: typescriptOf,
  cli: commandOf,
  http: requestOf,
};

/** The same call in each language that can express it in a few lines. */
export function callExamples(call: ExampleCall): readonly (readonly [ExampleLanguage, string])[] {
  const input = inputOf(call);
  return (Object.keys(EXAMPLES) as ExampleLanguage[]).flatMap((language) => {
    const code = EXAMPLES[language](call, input);
    return code === null ? [] : [[language, code] as const];
  });
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
  if (!input) return `keyseal call ${name}`;
  return `keyseal call ${name} '${JSON.stringify(input.value).replaceAll("'", `'\\''`)}'`;
}

function requestOf({ name, procedure, document }: ExampleCall, input: Input): string {
  const url = new URL(document.servers[0]?.url ?? 'http://localhost');
  const target = `${url.pathname.replace(/\/$/, '')}/api/${encodeURIComponent(name)}`;
  const lines = [`host: ${url.host}`, ...PROOFS[procedure.guard.access]];
  if (procedure.type !== 'mutation') {
    const query = input ? `?input=${encodeURIComponent(JSON.stringify(input.value))}` : '';
    return [`GET ${target}${query}`, ...lines].join('\n');
  }
  const body = input && (input.media === APP_JSON ? JSON.stringify(input.value) : '<bytes>');
  const type = input ? [`content-type: ${input.media}`] : [];
  return [`POST ${target}`, ...lines, ...type, ...(body === undefined ? [] : ['', body])].join('\n');
}
