import { serve } from '@hono/node-server';
import { type Handler, Hono } from 'hono';
import { report } from './child.ts';
import { guard, REQUIREMENTS } from './guarding.ts';
import { GUARDED, OPEN } from './routes.ts';

/** A Hono route that echoes its input, with and without the guard. */
const sayBack: Handler = async (c) => c.json({ text: (await c.req.json()).text });

const app = new Hono();
app.post(OPEN, sayBack);
app.post(GUARDED, guard.hono(REQUIREMENTS), sayBack);

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => report({ port }));
