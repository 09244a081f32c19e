import type { Access } from '../../shared/guard.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { FieldSchema } from './input/fields.ts';

/** A procedure, from the service's OpenAPI 3.1 document. */
export interface Procedure {
  /** Its name on the wire, such as `keys.create`. */
  readonly name: string;
  readonly tag: string;
  readonly method: 'GET' | 'POST';
  /** The media type of its body; a query has its input in the URL, as JSON. */
  readonly mediaType: string;
  readonly isOptional: boolean;
  readonly schema: FieldSchema;
  readonly example: unknown;
  readonly access: Access;
  readonly permission: string | null;
  /** Whether it accepts only live keys. */
  readonly isLive: boolean;
  /** In English. */
  readonly description: string;
}

/** The parts of the document that the page reads. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, FieldSchema>> };
}

type Content = Readonly<Record<string, { readonly schema: FieldSchema; readonly example?: unknown }>>;

interface Operation {
  readonly tags: readonly string[];
  readonly description: string;
  readonly 'x-keyseal-guard': {
    readonly access: Access;
    readonly permission: string | null;
    readonly environment: Environment | null;
  };
  readonly parameters?: readonly { readonly required: boolean; readonly content: Content }[];
  readonly requestBody?: { readonly content: Content };
}

/** Every procedure that a page can call: all except those that a session calls without a token. */
export function proceduresOf(document: OpenApiDocument): readonly Procedure[] {
  return Object.entries(document.paths)
    .map(([path, item]) => procedureOf(path, item))
    .filter(({ access }) => access !== 'session');
}

function procedureOf(path: string, { get, post }: OpenApiDocument['paths'][string]): Procedure {
  const operation = (get ?? post) as Operation;
  const { access, permission, environment } = operation['x-keyseal-guard'];
  const input = operation.parameters?.[0];
  const content = operation.requestBody?.content ?? input?.content ?? {};
  const [mediaType = 'application/json', { schema = {}, example } = {}] = mainOf(content);
  return {
    name: decodeURIComponent(path.slice('/api/'.length)),
    tag: operation.tags[0] ?? '',
    method: get ? 'GET' : 'POST',
    mediaType,
    isOptional: get !== undefined && input?.required !== true,
    schema,
    example,
    access,
    permission,
    isLive: environment === 'live',
    description: withoutGuard(operation.description),
  };
}

/** JSON if it is accepted, otherwise bytes: the page does not build forms. */
function mainOf(content: Content): [string?, Content[string]?] {
  const all = Object.entries(content);
  return (
    all.find(([media]) => media === 'application/json') ??
    all.find(([media]) => media !== 'multipart/form-data') ??
    []
  );
}

/** Drops the last paragraph of a description, which repeats `x-keyseal-guard` in words. */
const withoutGuard = (description: string): string => description.split('\n\n').slice(0, -1).join('\n\n');

/** By tag, in the order of the document. */
export function byTag(
  procedures: readonly Procedure[],
): readonly [tag: string, members: readonly Procedure[]][] {
  const tags = [...new Set(procedures.map(({ tag }) => tag))];
  return tags.map((tag) => [tag, procedures.filter((procedure) => procedure.tag === tag)]);
}
