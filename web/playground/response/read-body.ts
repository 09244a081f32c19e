/** The body of a response, as far as it was read. */
export interface ReadBody {
  readonly text: string;
  /** Undefined if it is not JSON. */
  readonly json: unknown;
  /** Whether there was more: of a stream, or of a body too long to show. */
  readonly isCut: boolean;
}

const MAX_CHARACTERS = 200_000;
/** How long a stream is read, in milliseconds. */
const LISTENS = 3_000;

/** Reads a response for display; leaves a stream after three seconds. */
export async function readResponseBody({ headers, body }: Response): Promise<ReadBody> {
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const { text, isCut } = body ? await readText(body, isStream) : { text: '', isCut: false };
  return { text, json: isCut ? undefined : jsonOf(text), isCut };
}

async function readText(body: ReadableStream<Uint8Array>, isStream: boolean) {
  const reader = body.getReader();
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    void reader.cancel();
  };
  const timer = isStream ? setTimeout(leave, LISTENS) : undefined;
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    if (text.length > MAX_CHARACTERS) leave();
  }
  clearTimeout(timer);
  return { text: text.slice(0, MAX_CHARACTERS), isCut: isLeft };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
