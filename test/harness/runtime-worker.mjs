// The calls, and a guarded handler, as a worker of workerd.
import { createFetchGuard } from '@keyseal/client/guard/fetch';
import { makeCalls } from './runtime-calls.mjs';

let guarded;

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/calls')
      return Response.json(await makeCalls(JSON.parse(env.CALLER)));
    guarded ??= createFetchGuard(JSON.parse(env.GUARD))(
      { permission: 'orders:write' },
      async (sent, { caller }) => Response.json({ text: await sent.text(), key: caller.key.id }),
    );
    return guarded(request);
  },
};
