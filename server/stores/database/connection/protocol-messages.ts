/** One message of the server: its type, and all its bytes with the header. */
interface Message {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Splits a server's bytes into messages: a type byte, a length of four bytes that counts itself, the rest.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export class MessageReader {
  #unread: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
  }

  /** Whether the length of the pending message is valid; it counts itself. @param maxLength in bytes */
  isPlausible(maxLength: number): boolean {
    if (this.#unread.length < 5) return true;
    const length = this.#unread.readUInt32BE(1);
    return length >= 4 && length <= maxLength;
  }

  /** The next message, or null until all of it has arrived. */
  next(): Message | null {
    if (this.#unread.length < 5) return null;
    const end = 1 + this.#unread.readUInt32BE(1);
    if (end < 5 || this.#unread.length < end) return null;
    const bytes = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(end);
    return { type: String.fromCharCode(bytes[0] as number), bytes };
  }
}

/** A simple query, as the client sends it. */
export function simpleQuery(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const header = Buffer.alloc(5, 'Q');
  header.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([header, body]);
}

/** The columns of a DataRow, as strings. */
export function columnsOf(row: Buffer): string[] {
  const columns: string[] = [];
  let at = 7;
  for (let left = row.readUInt16BE(5); left > 0; left--) {
    const length = Math.max(0, row.readInt32BE(at));
    columns.push(row.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return columns;
}

/** A field of an ErrorResponse, as a string; empty if it has none. @param field its type: C is the SQLSTATE, M the message */
export function errorField(error: Buffer, field: string): string {
  const found = error
    .toString('latin1', 5)
    .split('\0')
    .find((text) => text.startsWith(field));
  return Buffer.from(found?.slice(1) ?? '', 'latin1').toString();
}

const ERROR = 0x45;
const READY = 0x5a;
const SYNC = 0x53;
const QUERY = 0x51;

/** Reads the headers of what a server sends, and nothing else but errors. */
export class MessageHeaderReader {
  readonly #on: { ready(): void; error(fields: string): void };
  /** Bytes of a message that began in an earlier chunk, which are of no interest. */
  #skip = 0;
  /** A header or an error that is not whole yet. */
  #partial: Buffer = Buffer.alloc(0);

  /** @param on `error` is given the fields of an ErrorResponse: each a type and a string, ended by NUL */
  constructor(on: { ready(): void; error(fields: string): void }) {
    this.#on = on;
  }

  read(chunk: Buffer): void {
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    this.#partial = Buffer.alloc(0);
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (at < bytes.length) {
      const end = bytes.length - at < 5 ? Number.POSITIVE_INFINITY : at + 1 + bytes.readUInt32BE(at + 1);
      const type = bytes[at];
      if (end === Number.POSITIVE_INFINITY || (type === ERROR && end > bytes.length)) {
        this.#partial = bytes.subarray(at);
        return;
      }
      if (type === READY) this.#on.ready();
      if (type === ERROR) this.#on.error(bytes.toString('latin1', at + 5, end));
      this.#skip = Math.max(0, end - bytes.length);
      at = end;
    }
  }
}

/**
 * How many ReadyForQuery messages the server will send: there is one for each Sync and each simple query.
 * @param bytes whole messages
 */
export function countRequests(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; bytes.length - at >= 5; at += 1 + bytes.readUInt32BE(at + 1)) {
    if (bytes[at] === SYNC || bytes[at] === QUERY) count++;
  }
  return count;
}
