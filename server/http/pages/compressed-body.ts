import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { etagMatches } from './etag.ts';

const [toGzip, toBrotli] = [promisify(gzip), promisify(brotliCompress)];

/** One representation of a body, in the coding that the client prefers. */
interface Representation {
  readonly status: 200 | 304;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Each coding that a body may have (RFC 9110 §8.4.1, RFC 7932). */
const COMPRESS = {
  br: (bytes: Buffer) =>
    toBrotli(bytes, {
      params: {
        // The highest quality takes ten times as long and saves four per cent.
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes: Buffer) => toGzip(bytes, { level: 9 }),
} as const;

type Coding = keyof typeof COMPRESS;

/** The body of a page that every client gets: compressed once in each coding, for the first client that prefers it. */
export class CompressedBody {
  readonly #bytes: Buffer;
  readonly #digest: string;
  readonly #compressed = new Map<Coding, Promise<Buffer>>();

  /** @param compressed the codings in which the body is already compressed */
  constructor(content: string | Buffer, compressed: Partial<Readonly<Record<Coding, Buffer>>> = {}) {
    this.#bytes = Buffer.from(content);
    this.#digest = createHash('sha256').update(content).digest('base64url').slice(0, 22);
    for (const [coding, bytes] of Object.entries(compressed))
      this.#compressed.set(coding as Coding, Promise.resolve(bytes));
  }

  /** The representation for a client; 304 without a body if the client already has it. Each coding has its own strong `etag`. */
  async representationFor(headers: IncomingHttpHeaders): Promise<Representation> {
    const coding = preferredCoding(headers['accept-encoding']);
    const etag = coding ? `"${this.#digest}-${coding}"` : `"${this.#digest}"`;
    if (etagMatches(etag, headers['if-none-match'])) return { status: 304, body: EMPTY, headers: { etag } };
    return coding
      ? { status: 200, body: await this.#inCoding(coding), headers: { etag, 'content-encoding': coding } }
      : { status: 200, body: this.#bytes, headers: { etag } };
  }

  #inCoding(coding: Coding): Promise<Buffer> {
    const made =
      this.#compressed.get(coding) ??
      COMPRESS[coding](this.#bytes).catch((error: unknown) => {
        this.#compressed.delete(coding);
        throw error;
      });
    this.#compressed.set(coding, made);
    return made;
  }
}

const EMPTY = Buffer.alloc(0);

/** An element of `accept-encoding` with its weight (RFC 9110 §12.4.2). */
const MEMBER = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * The coding that a client prefers (RFC 9110 §12.5.3), Brotli if both have the same weight; null if it prefers the plain
 * content. Without the header, or with one that is malformed, it gets the plain content.
 */
export function preferredCoding(acceptEncoding: string | string[] | undefined): Coding | null {
  const members = String(acceptEncoding ?? '')
    .split(',')
    .map((member) => MEMBER.exec(member.trim()));
  const weightOf = (...codings: string[]): number | null => {
    const found = members.find((member) => codings.includes(String(member?.[1]).toLowerCase()));
    return found ? Number(found[2] ?? 1) : null;
  };
  const any = weightOf('*');
  const weights = { br: weightOf('br') ?? any ?? 0, gzip: weightOf('gzip', 'x-gzip') ?? any ?? 0 };
  const best: Coding = weights.br >= weights.gzip ? 'br' : 'gzip';
  return weights[best] > 0 && weights[best] >= (weightOf('identity') ?? 0) ? best : null;
}
