import { connect, createServer, type Socket } from 'node:net';

/** Passes connections on, and breaks them when told to. */
export interface CuttableProxy {
  /** Such as http://127.0.0.1:4711. */
  readonly url: string;
  /** Says to which port of this machine connections go. */
  aim(port: number): void;
  /** Breaks the connections that are open. */
  cut(): void;
  /** From now on no connection is taken, or again; those that are open break. */
  refuse(refused: boolean): void;
  /** From now on nothing passes, and nothing breaks, or again. */
  freeze(frozen: boolean): void;
  close(): void;
}

export async function cuttableProxy(): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
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
    close: () => {
      cut();
      server.close();
    },
  };
}
