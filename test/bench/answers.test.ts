import { describe, expect, it } from 'vitest';
import { type Answer, readAnswers } from '../../bench/load/answers.ts';

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n';
const REFUSED = 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}';

/** Reads a response that arrives in pieces of this many characters. */
function read(text: string, size: number): Answer[] {
  const answers: Answer[] = [];
  const take = readAnswers(({ status, body }) => answers.push({ status, body }));
  for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size));
  return answers;
}

describe('the parser of HTTP answers', () => {
  it.each([1, 7, 10_000])('reports answers one by one, with %d bytes at a time', (size) => {
    expect(read(SIZED + CHUNKED + REFUSED + SIZED, size)).toEqual([
      { status: 200, body: 'hello' },
      { status: 200, body: 'hello' },
      { status: 401, body: '{}' },
      { status: 200, body: 'hello' },
    ]);
  });

  it('reports no answer before it is complete', () => {
    expect(read(SIZED.slice(0, -1), 4)).toEqual([]);
    expect(read(CHUNKED.slice(0, -1), 4)).toEqual([]);
  });
});
