import type { NodeRequest } from './node.ts';

/** The part of Node's Readable that is used. */
interface Pushable {
  push(chunk: Uint8Array | null): boolean;
}

/**
 * Puts the verified bytes back into a Node request that was read to its end. Whatever follows the guard (a body parser,
 * a proxy, an adapter) reads them from the stream, as if the guard had not. `Readable` is called the way that streams
 * without `class` call the constructor that they inherit from; the request keeps its listeners, headers and socket.
 */
export function replayBody(request: NodeRequest, body: Uint8Array): void {
  // Looked up at run time: a bundle for a runtime without Node's modules may contain this function, and never calls it.
  const { Readable } = process.getBuiltinModule('node:stream');
  // An HTTP/2 request is closed by its stream (Node sets `autoDestroy` to false there).
  Reflect.apply(Readable, request, [{ autoDestroy: request.httpVersion !== '2.0' }]);
  const stream = request as NodeRequest & Pushable;
  if (body.byteLength > 0) stream.push(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  stream.push(null);
}
