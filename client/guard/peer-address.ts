import { BodyRefused } from './body-buffer.ts';

/** The properties of Node's socket that the guard uses. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
  readonly destroyed?: boolean | undefined;
}

/**
 * The IP address of a connection's peer; null if the connection has none, as over a Unix socket.
 *
 * A connection that was cut has no address either: Node looks it up when it is first read, and the system no longer has it.
 * Before Node has closed such a socket, only its local address shows that it is a TCP socket.
 * @throws BodyRefused if it was cut: no peer would read the response, and Keyseal would receive no address
 */
export function peerAddress(socket: PeerSocket): string | null {
  const { remoteAddress } = socket;
  // Adapters that make a request from an event have an empty one, if the event has none.
  if (remoteAddress !== undefined) return remoteAddress || null;
  if (socket.destroyed || socket.localAddress !== undefined) {
    throw new BodyRefused('REQUEST_MALFORMED', 'The connection was cut.');
  }
  return null;
}
