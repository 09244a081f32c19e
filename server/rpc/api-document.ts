import type { Access } from '../../shared/guard.ts';
import type { Environment } from '../../shared/key-format.ts';

/** The part of OpenAPI 3.1 that Keyseal writes (https://spec.openapis.org/oas/v3.1.1). */
export interface ApiDocument {
  readonly openapi: '3.1.1';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, ApiResponse>>;
    readonly headers: Readonly<Record<string, object>>;
  };
}

/** A procedure has one method. */
export type PathItem = { readonly get: Operation } | { readonly post: Operation };

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly SecurityRequirement[];
  readonly 'x-keyseal-guard': GuardFacts;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  /** By status: an inline response, or a reference to one of the components. */
  readonly responses: Readonly<Record<string, ApiResponse | Reference>>;
}

/** The guard for programs; the description says the same for people. */
export interface GuardFacts {
  readonly access: Access;
  readonly permission: string | null;
  /** The environment that a key must be of; null if either will do. */
  readonly environment: Environment | null;
  /** The credits that a call costs a metered key; 0 where no key may call. */
  readonly cost: number;
  /** Whether a person must have proven who they are within the last ten minutes. */
  readonly stepUp: boolean;
}

/** The proofs that are required together, by the names of their schemes. */
export type SecurityRequirement = Readonly<Record<string, readonly never[]>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'query';
  readonly required: boolean;
  readonly description: string;
  readonly content: Content;
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;

export interface ApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content: Content;
}

export interface Reference {
  readonly $ref: string;
}

/** JSON Schema 2020-12, its references leading into the document's components. */
export interface Schema {
  readonly [keyword: string]: unknown;
}
