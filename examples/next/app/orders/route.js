import { createGuard } from '@keyseal/client/guard';

const { KEYSEAL_URL, KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET, AUTHORITY } = process.env;

/** Made with the first request: a build has no secrets. */
let guarded;

function handle(request) {
  guarded ??= createGuard({
    url: KEYSEAL_URL,
    apiKey: KEYSEAL_API_KEY,
    signingSecret: KEYSEAL_SIGNING_SECRET,
    authority: AUTHORITY,
    onError: console.error,
  }).fetch({ permission: 'orders:write' }, async (order, { caller }) =>
    Response.json({ by: caller.key?.id, body: order.body ? await order.json() : null }),
  );
  return guarded(request);
}

export { handle as GET, handle as POST, handle as PUT };
