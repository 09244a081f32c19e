/** What the gate is shown of a request: everything as it travelled, nothing decoded. */
export interface SealedRequest {
  readonly id: string;
  readonly method: string;
  /** The allowed public origin's host and port. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** Empty where none was sent. */
  readonly contentType: string;
  readonly authorization: string | null;
  readonly signature: string | null;
  readonly userToken: string | null;
  /** The client's address, behind trusted proxies too. */
  readonly address: string;
  /** Reads the body, once, however often it is called: refused where it is too large or too slow. */
  body(): Promise<Body>;
}

/** The whole body and its SHA-256 in lowercase hex, taken as the bytes arrived. */
export interface Body {
  readonly bytes: Uint8Array;
  readonly digest: string;
}
