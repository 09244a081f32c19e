// Guards in the servers of a runtime: its own, that of Hono, and those of Node's modules.
import { createServer } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { createGuard } from '@keyseal/client/guard';
import express from 'express';
import { Hono } from 'hono';

const guard = createGuard(JSON.parse(process.env.GUARD));
const required = { permission: 'orders:write' };

function serve(fetch) {
  if ('Bun' in globalThis) return globalThis.Bun.serve({ hostname: '127.0.0.1', port: 0, fetch }).port;
  const server = globalThis.Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: () => {} }, fetch);
  return server.addr.port;
}

function listen(handler) {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

const hono = new Hono().all('*', guard.hono(required), async (context) =>
  context.json({ text: await context.req.text() }),
);
const onExpress = express().use(
  guard.express(required),
  express.text({ type: '*/*', limit: '2mb' }),
  (request, response) => {
    response.json({ text: request.body });
  },
);

const ports = {
  fetch: serve(guard.fetch(required, async (request) => Response.json({ text: await request.text() }))),
  hono: serve((request) => hono.fetch(request)),
  node: await listen(
    guard.node(required, async (request, response) => {
      response.end(JSON.stringify({ text: await text(request) }));
    }),
  ),
  express: await listen(onExpress),
};
console.log(JSON.stringify(ports));
