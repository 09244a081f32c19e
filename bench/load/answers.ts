/** The parts of an HTTP response that are checked. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

const STATUS = /^HTTP\/1\.1 (\d{3})/;
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * Reads answers from one connection. It parses only what a response of a known server needs, since the load's share of
 * the machine is not the server's.
 * @param onAnswer called with each complete response
 * @returns a function that receives the text as it arrives, one character for each byte
 */
export function readAnswers(onAnswer: (answer: Answer) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    rest += text;
    for (let read = firstOf(rest); read; read = firstOf(rest)) {
      rest = rest.slice(read.end);
      onAnswer(read);
    }
  };
}

/** The first response of a text and where it ends; null if it is incomplete. */
function firstOf(text: string): (Answer & { end: number }) | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd);
  const status = Number(STATUS.exec(head)?.[1]);
  const at = headEnd + 4;
  if (CHUNKED.test(head)) {
    const read = chunks(text, at);
    return read && { status, ...read };
  }
  const end = at + Number(LENGTH.exec(head)?.[1] ?? 0);
  return text.length < end ? null : { status, body: text.slice(at, end), end };
}

function chunks(text: string, from: number): { body: string; end: number } | null {
  let body = '';
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (text.length < end) return null;
    if (size === 0) return { body, end };
    body += text.slice(lineEnd + 2, end - 2);
    at = end;
  }
}
