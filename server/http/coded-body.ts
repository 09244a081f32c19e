import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { etagMatches } from './etag.ts';

const compress = promisify(gzip);

/** One representation of a body, in the coding that the client prefers. */
interface Representation {
  readonly status: 200 | 304;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body of a page that every client gets: compressed once, for the first client that accepts it. */
export class CodedBody {
  readonly #bytes: Buffer;
  readonly #digest: string;
  #gzipped: Promise<Buffer> | null = null;

  constructor(content: string | Buffer) {
    this.#bytes = Buffer.from(content);
    this.#digest = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  }

  /** The representation for a client; 304 without a body if it has that one. Each coding has its own strong `etag`. */
  async representationFor(headers: IncomingHttpHeaders): Promise<Representation> {
    const gzipped = prefersGzip(headers['accept-encoding']);
    const etag = gzipped ? `"${this.#digest}-gzip"` : `"${this.#digest}"`;
    if (etagMatches(etag, headers['if-none-match'])) return { status: 304, body: NOTHING, headers: { etag } };
    return gzipped
      ? { status: 200, body: await this.#gzip(), headers: { etag, 'content-encoding': 'gzip' } }
      : { status: 200, body: this.#bytes, headers: { etag } };
  }

  #gzip(): Promise<Buffer> {
    this.#gzipped ??= compress(this.#bytes, { level: 9 }).catch((error: unknown) => {
      this.#gzipped = null;
      throw error;
    });
    return this.#gzipped;
  }
}

const NOTHING = Buffer.alloc(0);

/** A member of `accept-encoding` with its weight (RFC 9110 §12.4.2). */
const MEMBER = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * Whether a client accepts gzip, and does not prefer the plain content (RFC 9110 §12.5.3). Without the header, or with one
 * that is malformed, it gets the plain content.
 */
export function prefersGzip(acceptEncoding: string | string[] | undefined): boolean {
  const members = String(acceptEncoding ?? '')
    .split(',')
    .map((member) => MEMBER.exec(member.trim()));
  const weightOf = (coding: string): number | null => {
    const found = members.find((member) => member?.[1]?.toLowerCase() === coding);
    return found ? Number(found[2] ?? 1) : null;
  };
  const gzipWeight = weightOf('gzip') ?? weightOf('x-gzip') ?? weightOf('*') ?? 0;
  return gzipWeight > 0 && gzipWeight >= (weightOf('identity') ?? 0);
}
