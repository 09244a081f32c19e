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
