import { connect, createServer, type Socket } from 'node:net';
import { MessageReader } from '../../server/stores/database/connection/protocol-messages.ts';

/** What happens to a message of the server: it passes, something else is sent for it, or the connection is reset. */
type Fault = (type: string, bytes: Buffer) => 'pass' | 'reset' | Buffer;

/** A proxy before Postgres that sees each message of the server, and breaks the connection at any of them. */
export interface FaultyProxy {
  readonly port: number;
  /** Sets what the proxy does wrong. Before the first call, everything passes. */
  inject(fault: Fault): void;
  /** Resets the open connections. */
  reset(): void;
  close(): void;
}

export async function faultyProxy(target: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let fault: Fault = () => 'pass';
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const end of [client, upstream]) {
      sockets.add(end);
      end
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(end);
          client.destroy();
          upstream.destroy();
        });
    }
    client.pipe(upstream);
    const messages = new MessageReader();
    upstream.on('data', (bytes: Buffer) => {
      messages.add(bytes);
      for (let next = messages.next(); next; next = messages.next()) {
        const verdict = fault(next.type, next.bytes);
        if (verdict === 'reset') {
          // What was written before it arrives.
          client.write(Buffer.alloc(0), () => client.resetAndDestroy());
          return;
        }
        client.write(verdict === 'pass' ? next.bytes : verdict);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    inject: (next) => {
      fault = next;
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An ErrorResponse. @param severity such as ERROR or FATAL @param code SQLSTATE */
export function errorResponse(severity: string, code: string): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${code}\0Minjected ${code}\0\0`);
  const header = Buffer.alloc(5, 'E');
  header.writeUInt32BE(4 + fields.length, 1);
  return Buffer.concat([header, fields]);
}
