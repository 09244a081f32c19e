import { connect, createServer, type Socket } from 'node:net';

/** Forwards connections, and breaks them on command. */
export interface CuttableProxy {
  /** Such as http://127.0.0.1:4711. */
  readonly url: string;
  /** Sets the port of this machine to which it connects. */
  aim(port: number): void;
  /** Breaks the open connections. */
  cut(): void;
  /** Starts or stops refusing connections; when it starts, the open ones break. */
  refuse(refused: boolean): void;
  /** Starts or stops holding all bytes back, without breaking a connection. */
  freeze(frozen: boolean): void;
  /** Leaves the connections that are open as they are, without a word and forever, as a host that is gone does. */
  strand(): void;
  close(): void;
}

export async function cuttableProxy(): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  const stranded = new Set<Socket>();
  let target = 0;
  let refused = false;
  let frozen = false;
  const server = createServer((socket) => {
    if (refused) return void socket.destroy();
    const onward = connect(target, '127.0.0.1');
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => {}).on('close', () => sockets.delete(end));
    }
    socket.pipe(onward).pipe(socket);
    if (frozen) for (const end of [socket, onward]) end.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    aim: (port) => {
      target = port;
    },
    cut,
    refuse: (now) => {
      refused = now;
      if (refused) cut();
    },
    freeze: (now) => {
      frozen = now;
      for (const socket of sockets) frozen ? socket.pause() : socket.resume();
    },
    strand: () => {
      for (const socket of sockets) {
        socket.pause();
        stranded.add(socket);
      }
      sockets.clear();
    },
    close: () => {
      for (const socket of stranded) socket.destroy();
      cut();
      server.close();
    },
  };
}
