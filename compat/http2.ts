import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** A connection on which HTTP/2 was chosen. @param ca the certificate of the CA, PEM */
export async function connectHttp2(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  return socket;
}

/** @throws if a proxy speaks no HTTP/2: every client would silently fall back to HTTP/1.1 */
export async function mustSpeakHttp2(proxy: string, port: number, ca: string): Promise<void> {
  const socket = await connectHttp2(port, ca);
  socket.destroy();
  if (socket.alpnProtocol !== 'h2') throw new Error(`${proxy} does not offer HTTP/2`);
}
