import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { report } from './child.ts';
import { guard, REQUIREMENTS } from './guarding.ts';
import { GUARDED, OPEN } from './routes.ts';

/** An Express route that echoes its input, with and without the guard. */
const sayBack: RequestHandler = (request, response) => void response.json({ text: request.body.text });

const app = express();
app.post(OPEN, express.json(), sayBack);
app.post(GUARDED, guard.express(REQUIREMENTS), sayBack);

const server = createServer(app);
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
