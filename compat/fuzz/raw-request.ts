import type { Draft } from '../../test/harness/wire.ts';

/** A request as bytes in parts, each of which can be wrong. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  /** What ends each line of the head. */
  readonly newline: string;
  /** Whether the body is less than announced, and the sender closes its side. */
  readonly cutShort: boolean;
}

/** A signed request as it should be sent. */
export function rawOf({ method, target, headers, body }: Draft): RawRequest {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (body) lines.push(`content-length: ${body.length}`);
  return {
    ...{ method, target, version: 'HTTP/1.1', lines },
    ...{ body: body ?? Buffer.alloc(0), newline: '\r\n', cutShort: false },
  };
}

export function bytesOfRaw({ method, target, version, lines, body, newline }: RawRequest): Buffer {
  const head = [`${method} ${target} ${version}`, ...lines, '', ''].join(newline);
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
