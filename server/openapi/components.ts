import { isDeepStrictEqual } from 'node:util';
import type { ApiResponse, Reference, Schema } from '../rpc/api-document.ts';

/** Components by unique names: equal components are stored once. */
class Names {
  readonly #things = new Map<string, unknown>();

  /** @param wanted a descriptive name; a number follows if another component has it */
  of(wanted: string, thing: unknown): string {
    const base = wanted.replace(/[^A-Za-z0-9]/g, '_');
    let name = base;
    for (let n = 2; this.#things.has(name); n++) {
      if (isDeepStrictEqual(this.#things.get(name), thing)) return name;
      name = `${base}_${n}`;
    }
    this.#things.set(name, thing);
    return name;
  }
}

/** The responses of a document. */
export class Responses {
  readonly #names = new Names();
  readonly #all: Record<string, ApiResponse> = {};

  add(wanted: string, response: ApiResponse): Reference {
    const name = this.#names.of(wanted, response);
    this.#all[name] = response;
    return { $ref: `#/components/responses/${name}` };
  }

  /** By name, in the order in which they were added. */
  get all(): Readonly<Record<string, ApiResponse>> {
    return this.#all;
  }
}

/** The schemas of a document. */
export class Schemas {
  readonly #names = new Names();
  readonly #all: Record<string, Schema> = {};

  /** Adds a schema and its `$defs`, each under its own name, and adapts the references. */
  add(wanted: string, { $defs = {}, ...schema }: Schema): Reference {
    const found: [at: string, name: string, schema: Schema][] = [
      ['#', this.#names.of(wanted, schema), schema],
    ];
    for (const [id, inner] of Object.entries($defs as Record<string, Schema>)) {
      // zod numbers schemas without an id.
      const name = id.startsWith('__') ? `${wanted}${id.slice(2)}` : id;
      found.push([`#/$defs/${id}`, this.#names.of(name, inner), inner]);
    }
    const moved = new Map(found.map(([at, name]) => [at, `#/components/schemas/${name}`]));
    for (const [, name, inner] of found) this.#all[name] = withRefs(inner, moved) as Schema;
    return { $ref: moved.get('#') as string };
  }

  /** By name, in the order in which they were added. */
  get all(): Readonly<Record<string, Schema>> {
    return this.#all;
  }
}

/** The same schema, with its references adapted to the new names. */
function withRefs(value: unknown, moved: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, moved));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === '$ref' && typeof inner === 'string' ? (moved.get(inner) ?? inner) : withRefs(inner, moved),
  ]);
  return Object.fromEntries(entries);
}
