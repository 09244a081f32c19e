import type { Brand } from '../../shared/brand.ts';
import { ACCESS_LABELS } from '../../shared/procedure-docs/access-labels.ts';
import type { ApiResponse, Content, Operation, Schema } from '../rpc/api-document.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';
import { brandedExample } from './branded-example.ts';
import type { Responses, Schemas } from './components.ts';
import { admitsKeys, guardFacts } from './guard-facts.ts';
import { headerRefs, reasonsOf, reasonsOfCall, refusedResponses } from './refusals.ts';
import { isOptional, jsonSchemaOf, mediaTypesOf, type Side } from './schema.ts';
import { SECURITY } from './security.ts';
import { descriptionOf, summaryOf } from './text.ts';

/** A procedure to describe, with its names in a document. */
export interface NamedProcedure {
  /** The name on the wire: `keys.create`. */
  readonly name: string;
  /** `keysCreate`, unique within a document. */
  readonly operationId: string;
  readonly tag: string;
  readonly procedure: ProcedureInfo;
}

/** What the operations of a document share. */
interface Shared {
  readonly brand: Brand;
  readonly schemas: Schemas;
  readonly responses: Responses;
}

/** The request of one procedure, and all its responses. */
export function operationOf(named: NamedProcedure, shared: Shared): Operation {
  const { name, operationId, tag, procedure } = named;
  return {
    operationId,
    tags: [tag],
    summary: summaryOf(name, procedure),
    description: [descriptionOf(procedure), factsOf(procedure)].filter((part) => part !== '').join('\n\n'),
    security: SECURITY[procedure.guard.access],
    'x-keyseal-guard': guardFacts(procedure.guard),
    ...inputOf(named, shared),
    responses: {
      200: successOf(named, shared),
      ...refusedResponses(reasonsOf(procedure), shared.responses),
    },
  };
}

/** Its callers, and the proofs that they need. */
function factsOf({ guard }: ProcedureInfo): string {
  const { access, permission, environment, stepUp } = guardFacts(guard);
  const cost = 'cost' in guard ? guard.cost : undefined;
  return [
    `Called by: ${ACCESS_LABELS.en[access]}.`,
    permission === null ? '' : `Permission: \`${permission}\`.`,
    environment === null ? '' : `Of keys, only those of the environment \`${environment}\`.`,
    stepUp
      ? 'A person must have signed in or re-authenticated (`auth.stepUp`) within the last ten minutes.'
      : '',
    cost === undefined ? '' : `Credits: ${cost}.`,
    guard.batch === false ? 'Not in a batch with other calls.' : '',
  ]
    .filter((fact) => fact !== '')
    .join(' ');
}

/** A query has its input in the URL, a mutation in the body. */
function inputOf(named: NamedProcedure, shared: Shared): Pick<Operation, 'parameters' | 'requestBody'> {
  const { procedure } = named;
  const { type, inputs } = procedure;
  const example = exampleOf(named, 'input', shared);
  if (type === 'mutation') {
    const content = mediaTypesOf(inputs).map((media) => [media, bodyOf(media, named, shared)]);
    return { requestBody: { required: true, content: Object.fromEntries(content) } };
  }
  if (inputs.length === 0) return {};
  const content = { 'application/json': { schema: inputSchemaOf(named, shared), ...example } };
  const description =
    'The input as one JSON value, URL-encoded, such as `?input=%7B%22name%22%3A%22Ada%22%7D`. Any other parameter, including `input[name]`, is refused with `INPUT_INVALID`.';
  return {
    parameters: [{ name: 'input', in: 'query', required: !isOptional(inputs), description, content }],
  };
}

function bodyOf(media: string, named: NamedProcedure, shared: Shared): Content[string] {
  switch (media) {
    case 'application/json':
      return { schema: inputSchemaOf(named, shared), ...exampleOf(named, 'input', shared) };
    case 'multipart/form-data':
      return { schema: { type: 'object', properties: { file: BYTES }, required: ['file'] } };
    default:
      return { schema: BYTES };
  }
}

/** Raw bytes: in OpenAPI 3.1 the media type describes the rest. */
const BYTES: Schema = { type: 'string', format: 'binary' };

function inputSchemaOf({ operationId, procedure: { inputs } }: NamedProcedure, { schemas }: Shared): Schema {
  if (inputs.length === 0) return { type: 'object', description: 'No input.' };
  const [only, ...others] = inputs.map((parser) => jsonSchemaOf(parser, 'input'));
  // tRPC passes the same input to every parser.
  const refs = others.map((schema, n) => schemas.add(`${typeName(operationId)}Input${n + 2}`, schema));
  const first = schemas.add(`${typeName(operationId)}Input`, only as Schema);
  return refs.length === 0 ? { ...first } : { allOf: [first, ...refs] };
}

const typeName = (operationId: string): string => operationId.replace(/^./, (first) => first.toUpperCase());

const SIGNED_HEADERS = ['content-digest', 'signature-input', 'signature', 'x-keyseal-receipt'];

function successOf(named: NamedProcedure, shared: Shared): ApiResponse {
  const { operationId, procedure } = named;
  if (procedure.type === 'subscription') return streamOf(procedure);
  const { output, guard } = procedure;
  const data =
    output === undefined || output === null
      ? { description: 'This procedure does not declare its output.' }
      : shared.schemas.add(`${typeName(operationId)}Output`, jsonSchemaOf(output, 'output'));
  const limited = admitsKeys(guard.access);
  const example = exampleOf(named, 'output', shared);
  return {
    description: 'The call succeeded.',
    headers: headerRefs([
      'x-request-id',
      // Responses to public calls are not signed.
      ...(guard.access === 'public' ? [] : SIGNED_HEADERS),
      ...(limited ? ['ratelimit', 'ratelimit-policy'] : []),
    ]),
    content: {
      'application/json': {
        schema: envelopeOf(data),
        ...('example' in example ? { example: { result: { data: example.example } } } : {}),
      },
    },
  };
}

/** tRPC's response to a call; an undefined result is absent. */
const envelopeOf = (data: object): Schema => ({
  type: 'object',
  properties: { result: { type: 'object', properties: { data }, required: ['data'] } },
  required: ['result'],
});

function streamOf(procedure: ProcedureInfo): ApiResponse {
  const inside = reasonsOfCall(procedure).map((reason) => `\`${reason}\``);
  return {
    description: `Server-sent events, each with JSON as its data, until the caller leaves or may no longer listen. After the caller is admitted, a refusal comes inside the stream, as the event \`serialized-error\`, whose data is the \`error\` of a refusal: ${inside.join(', ')}.`,
    headers: headerRefs(['x-request-id']),
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  };
}

function exampleOf({ procedure }: NamedProcedure, side: Side, { brand }: Shared): { example?: unknown } {
  const example = procedure.guard.example?.[side];
  return example === undefined ? {} : { example: brandedExample(example, brand) };
}
