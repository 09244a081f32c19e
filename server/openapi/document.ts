import { type Brand, DEFAULT_BRAND } from '../../shared/brand.ts';
import { VERSION } from '../lib/package-root.ts';
import type { ApiDocument, PathItem } from '../rpc/api-document.ts';
import type { Api } from '../rpc/procedure-registry.ts';
import { Responses, Schemas } from './components.ts';
import { type NamedProcedure, operationOf } from './operation.ts';
import { REFUSAL_SCHEMAS } from './refusals.ts';
import { securitySchemes } from './security.ts';

const DESCRIPTION = `Three proofs in front of every procedure that is not public: an API key, a user token (JWT), and a signature that is valid for exactly one request.

A query is \`GET /api/<name>?input=<JSON, URL-encoded>\`, a mutation \`POST /api/<name>\` with JSON. The response is \`{"result":{"data":…}}\` or, for a refusal, \`{"error":{…}}\`, of which \`error.data.reason\` is stable. Inputs are strict: an unknown field is refused. Dates are ISO 8601 in UTC.

Up to 20 queries, or 20 mutations, may travel together in one request, signed once: \`GET /api/exemple,whoami?batch=1&input={"0":{…}}\` or \`POST /api/echo,echo?batch=1\` with \`{"0":{…},"1":{…}}\`. The response is an array with one element for each call; its status is 207 if the calls ended differently. Public procedures, \`auth.refresh\` and streams are not batched. No path of this document is a batch.`;

/** The built-in areas and their descriptions; any other area is the service's own. */
const AREAS: Readonly<Record<string, string>> = {
  auth: 'Accounts and their sessions.',
  secondFactor: 'The second factor of an account: an authenticator app and recovery codes.',
  passkeys: 'The passkeys of an account.',
  identities: 'Identities at identity providers that are linked to an account.',
  keys: 'API keys, and what they may do.',
  exchangeRules: 'Rules by which a workload exchanges a token for a key.',
  owners: 'External owners: customers of a workspace, with limits and credits for all of their keys.',
  audit: 'Who changed what, in a chain that reveals changes made by hand.',
  usage: 'The outcomes of calls, by the minute, the hour and the day.',
  requests: 'Single calls of the last 24 hours.',
  sessions: 'The sessions of a user.',
  workspaces: 'Workspaces, to which keys and members belong.',
  members: 'The members of a workspace and their roles.',
  invitations: 'Invitations to a workspace.',
  verify: 'Requests that another service received.',
  samples: 'Small procedures to try a call with, and a check that the service responds.',
};
const SAMPLES = ['exemple', 'echo', 'profile', 'whoami', 'clock', 'upload', 'health'];

/**
 * Describes every procedure of a service in OpenAPI 3.1: its input, output, access and refusals.
 * @param server the service's URL: an origin, or `/` for the origin of the document
 * @param brand for the title, and the keys in examples
 */
export function documentOf(api: Api, server: string, brand: Brand = DEFAULT_BRAND): ApiDocument {
  const shared = { schemas: new Schemas(), responses: new Responses(), brand };
  for (const [name, schema] of Object.entries(REFUSAL_SCHEMAS)) shared.schemas.add(name, schema);
  const named = namedProcedures(api);
  const paths = named.map((entry): [string, PathItem] => {
    const operation = operationOf(entry, shared);
    const item = entry.procedure.type === 'mutation' ? { post: operation } : { get: operation };
    return [`/api/${encodeURIComponent(entry.name)}`, item];
  });
  const tags = [...new Set(named.map(({ tag }) => tag))];
  return {
    openapi: '3.1.1',
    info: {
      title: brand.name,
      version: VERSION,
      summary: 'Typed procedures behind an API key, a user token and a signature over every request',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server, description: 'This service.' }],
    tags: tags.map((name) => ({ name, description: areaOf(name) })),
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: securitySchemes(brand),
      schemas: shared.schemas.all,
      responses: shared.responses.all,
      headers: HEADERS,
    },
  };
}

const areaOf = (name: string): string =>
  (Object.hasOwn(AREAS, name) && AREAS[name]) || 'Procedures of this service.';

/** `keys.create` becomes `keysCreate`; a number follows if another procedure has that name. */
function namedProcedures({ procedures }: Api): NamedProcedure[] {
  const taken = new Set<string>();
  return [...procedures].map(([name, procedure]) => {
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const base = words.map((word, n) => (n === 0 ? word : word[0]?.toUpperCase() + word.slice(1))).join('');
    let operationId = base || 'procedure';
    for (let n = 2; taken.has(operationId); n++) operationId = `${base}${n}`;
    taken.add(operationId);
    return { name, operationId, tag: tagOf(name), procedure };
  });
}

function tagOf(name: string): string {
  const area = name.split('.', 1)[0] as string;
  if (SAMPLES.includes(name)) return 'samples';
  return name === area && name !== 'verify' ? 'procedures' : area;
}

const text = (description: string) => ({ description, schema: { type: 'string' } });

const HEADERS = {
  'x-request-id': text('The id of the request in the log of the service.'),
  'www-authenticate': text('The challenge (RFC 9110, section 11.6.1).'),
  'accept-signature': text(
    'If a whole request is refused: what an RFC 9421 signature must cover (section 5.1).',
  ),
  'retry-after': {
    description: 'Seconds until a retry can succeed, if that is known.',
    schema: { type: 'integer' },
  },
  'content-digest': text('If the request requires a signed response: the SHA-256 of the body (RFC 9530).'),
  'signature-input': text(
    'If the request requires a signed response: what its signature covers (RFC 9421, section 4.1).',
  ),
  signature: text('If the request requires a signed response: the signature (RFC 9421, section 4.2).'),
  'x-keyseal-receipt': text(
    'If the request requires a receipt: the position of the call in the chain of its workspace, as a dictionary with `workspace`, `sequence`, `time`, `previous` and `request`.',
  ),
  ratelimit: text('The states of the limits, if there are any: `"<name>";r=<remaining>;t=<seconds>`.'),
  'ratelimit-policy': text('The limits, if there are any: `"<name>";q=<quota>;w=<seconds>`.'),
} as const;
