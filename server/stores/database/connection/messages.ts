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

  /** Whether the incomplete message has a valid length, which counts itself. @param most the maximum in bytes */
  isPlausible(most: number): boolean {
    if (this.#unread.length < 5) return true;
    const length = this.#unread.readUInt32BE(1);
    return length >= 4 && length <= most;
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

/** The columns of a DataRow, as text. */
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
