import type { ApiDocument } from '../rpc/api-document.ts';
import { callOriginOf, type Service } from '../rpc/trpc.ts';
import { documentOf } from './document.ts';

/** The OpenAPI document of a running service, serialized. */
export interface PublishedDocument {
  readonly document: ApiDocument;
  readonly json: string;
}

const BY_SERVICE = new WeakMap<Service, PublishedDocument>();

/** The OpenAPI document of a service, made once, at the first request. */
export function publishedDocument(service: Service): PublishedDocument {
  const known = BY_SERVICE.get(service);
  if (known) return known;
  const { brand: keyPrefix, branding } = service.config;
  const document = documentOf(service.api, callOriginOf(service), { name: branding.name, keyPrefix });
  const published = { document, json: JSON.stringify(document) };
  BY_SERVICE.set(service, published);
  return published;
}
