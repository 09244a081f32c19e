import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { PostgresTarget, SslMode } from './postgres-url.ts';

/** Milliseconds after which the next host is tried. */
const DIAL_TIMEOUT_MS = 5_000;

/** A host that did not respond in time. */
class DialTimeout extends Error {
  override readonly name = 'DialTimeout';
  readonly code = 'CONNECT_TIMEOUT';
}

/** A server that refuses TLS, although DATABASE_URL requires it. */
class TlsRefused extends Error {
  override readonly name = 'TlsRefused';
  readonly code = 'CONNECTION_TLS_REFUSED';
}

/** A server, or a proxy in front of it, closed a connection without an error message. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed';
  readonly code = 'CONNECTION_CLOSED';
}

/** The server does not speak the Postgres protocol. */
export class NotPostgres extends Error {
  override readonly name = 'NotPostgres';
  readonly code = 'CONNECTION_NOT_POSTGRES';
}

/** An address to dial: the path of a Unix socket, or one of several hosts. */
export type DialTarget = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Opens a connection to the database, encrypted as the target requires.
 * @returns the connection, and the index of the address that responded
 * @throws the error of the last address, if none responds
 */
export async function dial(
  addresses: readonly DialTarget[],
  target: PostgresTarget,
): Promise<{ socket: Socket; index: number }> {
  let failure: unknown = new Error('no host');
  for (const [index, address] of addresses.entries()) {
    try {
      return { socket: await dialOne(address, target), index };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * Asks a server to cancel the statement of a session, so that abandoned sessions do not add up. Has no effect if the
 * server does not respond, or has no such session.
 */
export async function cancelSession(
  addresses: readonly DialTarget[],
  target: PostgresTarget,
  key: Buffer,
): Promise<void> {
  const { socket } = await dial(addresses, target).catch(() => ({ socket: null }));
  socket?.on('error', () => {}).end(Buffer.concat([CANCEL_REQUEST, key]));
}

async function dialOne(address: DialTarget, target: PostgresTarget): Promise<Socket> {
  const plain = connectTcp(address);
  const timer = setTimeout(
    () => plain.destroy(new DialTimeout('the database does not answer')),
    DIAL_TIMEOUT_MS,
  );
  try {
    await awaitEvent(plain, 'connect');
    if (target.sslMode === 'disable' || 'path' in address) return plain;
    return await encrypt(plain, address.host, target);
  } catch (error) {
    plain.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** CancelRequest; the process and its secret follow. */
const CANCEL_REQUEST = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46]);
const YES = 'S';
const NO = 'N';

async function encrypt(
  plain: Socket,
  host: string,
  { sslMode, ca, clientCertificate, direct }: PostgresTarget,
): Promise<Socket> {
  if (!direct) {
    plain.write(SSL_REQUEST);
    const reply = await firstBytes(plain);
    // Bytes after the first could be injected and taken for part of the encrypted session (CVE-2021-23222).
    if (reply !== YES && reply !== NO)
      throw new NotPostgres('its response to a request for TLS is neither S nor N');
    if (reply === NO && sslMode === 'prefer') return plain;
    if (reply === NO) throw new TlsRefused(`the server does not offer TLS, and sslmode is ${sslMode}`);
  }
  const secure = connectTls({
    socket: plain,
    ...(ca === undefined ? {} : { ca }),
    ...clientCertificate,
    // RFC 6066 §3 allows no IP addresses in SNI.
    ...(isIP(host) ? {} : { servername: host }),
    ...(direct ? { ALPNProtocols: ['postgresql'] } : {}),
    ...verification(sslMode, host),
  });
  await awaitEvent(secure, 'secureConnect');
  return secure;
}

/**
 * The requirements on the server's certificate. Without a server name Node would check it for "localhost", and with
 * `NODE_TLS_REJECT_UNAUTHORIZED=0`, which may be meant for another connection, it would check nothing.
 */
function verification(sslMode: SslMode, host: string): ConnectionOptions {
  const rejectUnauthorized = sslMode === 'verify-full' || sslMode === 'verify-ca';
  if (sslMode === 'verify-full')
    return {
      rejectUnauthorized,
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    };
  return { rejectUnauthorized, checkServerIdentity: () => undefined };
}

function awaitEvent(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off('error', settle).off('close', closed).off(event, settle);
      if (error) reject(error);
      else resolve();
    };
    const closed = () => settle(new ConnectionClosed('the server closed the connection'));
    socket.once('error', settle).once('close', closed).once(event, settle);
  });
}

/** The first bytes of a response, as a string. The server sends no more before the next request. */
function firstBytes(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (result: Buffer | Error | undefined) => {
      socket.off('error', settle).off('close', closed).off('data', settle);
      if (Buffer.isBuffer(result)) resolve(result.toString('latin1'));
      else reject(result ?? new ConnectionClosed('the server closed the connection'));
    };
    const closed = () => settle(undefined);
    socket.once('error', settle).once('close', closed).once('data', settle);
  });
}
