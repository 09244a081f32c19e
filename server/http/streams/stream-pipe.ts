import type { ServerResponse } from 'node:http';
import type { BeatingStream, Heartbeat } from './heartbeat.ts';

const LINE_FEED = 0x0a;

/** The heartbeat of one kind of stream. */
interface Form {
  readonly beat: Uint8Array;
  /**
   * The heartbeat as an HTTP/1.1 chunk (RFC 9112 §7.1). It is ASCII: Node writes such a string at two thirds of the cost of
   * bytes.
   */
  readonly chunk: string;
  /** Whether a heartbeat may follow these bytes. */
  mayBeatAfter(bytes: Uint8Array): boolean;
}

const formBeatingWith = (beat: string, mayBeatAfter: Form['mayBeatAfter']): Form => ({
  beat: Buffer.from(beat),
  chunk: `${beat.length.toString(16)}\r\n${beat}\r\n`,
  mayBeatAfter,
});

/** tRPC's ping event. tRPC writes an event in several pieces; the last one is an empty line. */
const EVENTS = formBeatingWith(
  'event: ping\ndata: \n\n',
  (bytes) => bytes.at(-1) === LINE_FEED && bytes.at(-2) === LINE_FEED,
);
/** A space before the next line of JSON. tRPC writes each line in one piece. */
const LINES = formBeatingWith(' ', (bytes) => bytes.at(-1) === LINE_FEED);

/** The stream format of tRPC's response; null if it does not stay open. */
function formOf(headers: Headers): Form | null {
  if (headers.get('content-type')?.startsWith('text/event-stream')) return EVENTS;
  return headers.get('transfer-encoding') === 'chunked' ? LINES : null;
}

/**
 * Writes a Response's body as it comes, no faster than the client reads it, and sends heartbeats while it is open.
 * @param startId read after the first event: the id after which the stream resumes if no event has had one
 */
export async function pipe(
  { body, headers }: Response,
  response: ServerResponse,
  heartbeat: Heartbeat,
  startId: () => string | null,
): Promise<void> {
  if (!body) return void response.end();
  const reader = body.getReader();
  response.once('close', () => void reader.cancel().catch(() => {}));
  const form = formOf(headers);
  const stream = new PipedStream(response, form, startId);
  const stop = form === null ? () => {} : heartbeat.start(stream);
  if (form !== null) heartbeat.setStallTimeout(response);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) break;
      if (!stream.write(value)) await waitForDrain(response);
    }
  } finally {
    stop();
    // The procedure learns that nobody reads on, whichever end came first.
    void reader.cancel().catch(() => {});
  }
  response.end();
}

/** A stream that is written in pieces, with heartbeats between them. */
class PipedStream implements BeatingStream {
  readonly #response: ServerResponse;
  readonly #form: Form | null;
  readonly #startId: () => string | null;
  #mayBeat = false;
  #hasBegun = false;

  constructor(response: ServerResponse, form: Form | null, startId: () => string | null) {
    this.#response = response;
    this.#form = form;
    this.#startId = startId;
  }

  /** @returns false if the buffer is full */
  write(bytes: Uint8Array): boolean {
    const hasRoom = this.#response.write(bytes);
    this.#mayBeat = this.#form?.mayBeatAfter(bytes) ?? false;
    if (!this.#mayBeat || this.#hasBegun || this.#form !== EVENTS) return hasRoom;
    this.#hasBegun = true;
    return this.#writeStartId() && hasRoom;
  }

  beat(): void {
    const { socket, destroyed, writableEnded, chunkedEncoding } = this.#response;
    // While bytes wait to be sent, a heartbeat adds nothing.
    const isIdle = socket !== null && socket.writableLength === 0 && !destroyed && !writableEnded;
    if (!this.#form || !this.#mayBeat || !isIdle) return;
    // Node would write the chunk in four parts.
    if (chunkedEncoding) socket.write(this.#form.chunk, 'latin1');
    else this.#response.write(this.#form.beat);
  }

  /** tRPC's event that carries only an id: clients do not listen to it, but keep the id. */
  #writeStartId(): boolean {
    const id = this.#startId();
    return id === null || this.#response.write(`event: restore-id\ndata: \nid: ${id}\n\n`);
  }
}

function waitForDrain(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}
