/** The rows that a change touched: callers that are cached from them are dropped at once. */
export interface CredentialChange {
  readonly key?: string;
  readonly session?: string;
  readonly user?: string;
  readonly externalOwner?: string;
  readonly workspace?: string;
  /** A person of a trusted issuer who was linked to an account. */
  readonly identity?: { readonly issuer: string; readonly subject: string };
}

/** What a cached row depends on, in the same terms; null for what it has none of. */
type Dependencies = { readonly [K in keyof CredentialChange]?: CredentialChange[K] | null | undefined };

/** Names of what was changed, or of what a row depends on: a change touches the rows that share a name with it. */
export function tagsOf({ identity, ...ids }: Dependencies): string[] {
  const tags = Object.entries(ids).flatMap(([kind, id]) => (typeof id === 'string' ? [`${kind} ${id}`] : []));
  return identity ? [...tags, `identity ${identity.issuer} ${identity.subject}`] : tags;
}
