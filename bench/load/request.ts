/** The target of every call. */
export const TARGET = '/api/echo';
export const TEXT = 'Hello from the benchmark, about as long as a small call is.';
export const BODY = JSON.stringify({ text: TEXT });

/** tRPC's response. */
export const answerOf = (data: object): string => JSON.stringify({ result: { data } });

/** The bytes of a POST of `BODY`. @param headers in addition to its length, in their order */
export function bytesOf(target: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(BODY)) });
  return `POST ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${BODY}`;
}

/** A POST of `BODY` without any proof. */
export function plain(target: string): () => string {
  const bytes = bytesOf(target, { host: 'localhost', 'content-type': 'application/json' });
  return () => bytes;
}

/** Whether a body is this one, byte for byte. */
export const equalTo = (expected: string) => (body: string) => body === expected;
