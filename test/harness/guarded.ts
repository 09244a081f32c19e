import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import {
  type Admitted,
  admitted,
  formatRefusal,
  type Guard,
  type GuardedContext,
  permitted,
  type RouteRequirements,
} from '../../client/guard/index.ts';

/** A service of another framework with one guarded route, `/orders`, that answers by whom it was called and with what. */
export interface Guarded {
  readonly port: number;
  stop(): Promise<unknown>;
}

/** Called for each run of the handler behind the guard. */
export type Ran = (by: Admitted) => void;

export type Serve = (guard: Guard, asked: RouteRequirements, ran: Ran) => Promise<Guarded>;

const echoOf = (by: Admitted, body: unknown) => ({ by: by.caller.key?.id, body });
const textOf = ({ body }: Admitted) => new TextDecoder().decode(body);

async function listening(server: Server): Promise<Guarded> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return guarded(server);
}

function guarded(server: Server): Guarded {
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

/** As each framework is used. */
export const FRAMEWORKS: Readonly<Record<string, Serve>> = {
  'node:http': (guard, asked, ran) =>
    listening(
      createServer(
        guard.node(asked, (_request, response, by) => {
          ran(by);
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(echoOf(by, textOf(by) === '' ? null : JSON.parse(textOf(by)))));
        }),
      ),
    ),

  Express: (guard, asked, ran) => {
    const orders = express.Router();
    orders.use(guard.express(asked));
    // Where the application parses bodies for other routes too.
    orders.use(express.json());
    orders.all('/', (request, response) => {
      const by = admitted(request);
      ran(by);
      response.json(echoOf(by, by.body.byteLength > 0 ? request.body : null));
    });
    const app = express();
    app.use('/orders', orders);
    return listening(createServer(app));
  },

  Fastify: async (guard, asked, ran) => {
    const app = fastify();
    app.route({
      method: ['GET', 'POST', 'PUT', 'DELETE'],
      url: '/orders',
      preParsing: guard.fastify(asked),
      handler: async (request) => {
        const by = admitted(request);
        ran(by);
        return echoOf(by, request.body ?? null);
      },
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() };
  },

  'Hono on Node': (guard, asked, ran) => {
    const app = new Hono();
    app.use('/orders', guard.hono(asked));
    app.all('/orders', async (c) => {
      const by = admitted(c);
      ran(by);
      return c.json(echoOf(by, by.body.byteLength > 0 ? await c.req.json() : null));
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
        resolve(guarded(server as Server)),
      );
    });
  },

  'a handler of the fetch standard': (guard, asked, ran) => {
    const handler = guard.fetch(asked, async (request, by) => {
      ran(by);
      const text = await request.text();
      return Response.json(echoOf(by, text === '' ? null : JSON.parse(text)));
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: (request) => handler(request), port: 0, hostname: '127.0.0.1' }, () =>
        resolve(guarded(server as Server)),
      );
    });
  },
};

/** A tRPC router behind `guard.fetch`: what a call must hold is said by each procedure. */
export function serveTrpc(guard: Guard, ran: Ran): Promise<Guarded> {
  const t = initTRPC.context<GuardedContext>().create({ errorFormatter: formatRefusal });
  const router = t.router({
    read: t.procedure.use(permitted('orders:read')).query(({ ctx }) => {
      ran(ctx.admitted);
      return ctx.admitted.caller.key?.id;
    }),
    write: t.procedure.use(permitted('orders:write')).mutation(({ ctx }) => {
      ran(ctx.admitted);
      return ctx.admitted.caller.key?.id;
    }),
  });
  const handler = guard.fetch({}, (req, by) =>
    fetchRequestHandler({ endpoint: '/trpc', req, router, createContext: () => ({ admitted: by }) }),
  );
  return new Promise((resolve) => {
    const server = serveHono({ fetch: (request) => handler(request), port: 0, hostname: '127.0.0.1' }, () =>
      resolve(guarded(server as Server)),
    );
  });
}
