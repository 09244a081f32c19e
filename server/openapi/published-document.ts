import { createHash } from 'node:crypto';
import type { ApiDocument } from '../rpc/api-document.ts';
import { callOriginOf, type Service } from '../rpc/trpc.ts';
import { documentOf } from './document.ts';

/** The OpenAPI document of a running service, serialized. */
export interface PublishedDocument {
  readonly document: ApiDocument;
  readonly json: string;
  /** A strong one (RFC 9110 §8.8.3). */
  readonly etag: string;
}

const BY_SERVICE = new WeakMap<Service, PublishedDocument>();

/** The OpenAPI document of a service, made once, at the first request. */
export function publishedDocument(service: Service): PublishedDocument {
  const known = BY_SERVICE.get(service);
  if (known) return known;
  const document = documentOf(service.api, callOriginOf(service));
  const json = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"`;
  const published = { document, json, etag };
  BY_SERVICE.set(service, published);
  return published;
}
