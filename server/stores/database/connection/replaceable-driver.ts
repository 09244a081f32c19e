import type { Socket } from 'node:net';
import type { Sql } from 'postgres';
import { ConnectionLost } from '../isolate-result.ts';

/** How long a replaced driver finishes the statements that it was given, in milliseconds: none may take longer. */
const FINISH_MS = 10_000;
/** Replaced drivers that finish at the same time, so that a server that keeps ending sessions gets no more of them. */
const MAX_FINISHING = 2;

/** One instance of postgres.js with its pool, as its sockets see it. */
export interface Driver {
  /** Whether another driver has replaced it, or the client was ended: it opens no more connections. */
  readonly isOver: () => boolean;
  /** Called when one of its connections ends: another driver replaces it. */
  readonly onBroken: () => void;
}

/**
 * A client of postgres.js that uses no part of the driver again after one of its connections ended.
 *
 * postgres.js opens a broken connection again in the same object, with what is left of its state: the next statement gets
 * its last error, and bytes that were not written hold back the next startup packet. So the whole driver is replaced:
 * statements on its other connections finish there.
 * @param open starts a driver
 */
export function replaceBrokenDriver(open: (driver: Driver) => Sql): Sql {
  /** The current one is the last. */
  const clients = new Set<Sql>();
  let ended = false;

  const start = (): Sql => {
    const driver: Driver = {
      isOver: () => ended || current !== client,
      onBroken: () => {
        if (!driver.isOver()) replace();
      },
    };
    const client = open(driver);
    clients.add(client);
    return client;
  };

  const replace = () => {
    const old = current;
    current = start();
    // Drizzle sets how the driver reads and writes times.
    Object.assign(current.options.parsers, old.options.parsers);
    Object.assign(current.options.serializers, old.options.serializers);
    setTimeout(() => endNow(old), FINISH_MS).unref();
    const [oldest] = clients;
    if (oldest && clients.size > 1 + MAX_FINISHING) endNow(oldest);
  };

  const endNow = (client: Sql) => {
    clients.delete(client);
    void client.end({ timeout: 0 });
  };

  const end: Sql['end'] = async (how) => {
    ended = true;
    await Promise.all([...clients].map((client) => client.end(how)));
  };

  let current = start();
  return new Proxy(current, {
    apply: (_, self, args) => Reflect.apply(current, self, args),
    get: (_, name) => (name === 'end' ? end : Reflect.get(current, name)),
  });
}

/**
 * Replaces the driver when a connection that it was given ends.
 * @param socket whose session is ready, and whose end the driver sees at once
 */
export function replaceWhenEnded(socket: Socket, { onBroken }: Driver): void {
  socket.prependOnceListener('close', onBroken);
}

/** @throws ConnectionLost if a driver opens no more connections */
export function refuseReplaced({ isOver }: Driver): void {
  if (isOver()) throw new ConnectionLost('the driver of the database was replaced or ended');
}
