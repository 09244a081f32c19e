import { guard } from '../guard.js';

let guarded;

function handle(request) {
  guarded ??= guard().fetch({ permission: 'orders:write' }, async (order, { caller }) =>
    Response.json({ by: caller.key?.id, body: order.body ? await order.json() : null }),
  );
  return guarded(request);
}

export { handle as GET, handle as POST, handle as PUT };
