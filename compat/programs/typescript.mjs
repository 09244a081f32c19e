// Runs in Node, Bun and Deno: calls a service with the TypeScript client, and writes what became of each operation.
import { createKeysealClient } from '../../dist/client/index.js';

const { urls, apiKey, signingSecret, special, listen } = JSON.parse(process.env.COMPAT);
/** Node's fetch speaks only HTTP/1.1; undici's speaks HTTP/2 too, if a proxy does. */
async function undiciFetch() {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ allowH2: true });
  return (url, init) => fetch(url, { ...init, dispatcher });
}
const more = process.argv[2] === 'undici' ? { fetch: await undiciFetch() } : {};
const clientOf = (url) => createKeysealClient({ url, apiKey, signingSecret, ...more });
/** Fetch wraps the error of the connection, and only that says what happened. */
const rootOf = (error) => (error.cause === undefined ? error : rootOf(error.cause));
const mebibytes = (count) => new Uint8Array(count * 1024 * 1024).fill(7);
const expect = (condition, found) => {
  if (!condition) throw new Error(`another answer: ${JSON.stringify(found)}`);
};

const OPERATIONS = {
  async call(client) {
    const { message } = await client.exemple.query({ name: 'Ada' });
    expect(message === 'Hello, Ada!', message);
  },
  async special(client) {
    const { message } = await client.exemple.query({ name: special });
    expect(message === `Hello, ${special}!`, message);
  },
  async upload(client) {
    const { size } = await client.upload.mutate(mebibytes(1));
    expect(size === 1024 * 1024, size);
  },
  async large(client) {
    const found = await client.upload.mutate(mebibytes(8)).then(
      () => 'accepted',
      (error) => error.reason ?? String(rootOf(error)),
    );
    expect(found === 'BODY_TOO_LARGE', found);
  },
  async batch(client) {
    const [greeting, { kind }] = await Promise.all([
      client.exemple.query({ name: 'Ada' }),
      client.whoami.query(),
    ]);
    expect(greeting.message === 'Hello, Ada!' && kind === 'key', [greeting, kind]);
  },
};

async function outcomesOf(url) {
  const client = clientOf(url);
  const outcomes = {};
  for (const [name, run] of Object.entries(OPERATIONS)) {
    outcomes[name] = await run(client).then(
      () => 'ok',
      (error) => String(error.message ?? error),
    );
  }
  return outcomes;
}

/** Writes a line for each tick of each URL, until the process is ended. */
function subscribe(url) {
  const write = (event) => process.stdout.write(`${JSON.stringify({ url, ...event })}\n`);
  clientOf(url).clock.subscribe(
    { everyMs: 200 },
    {
      onData: ({ data }) => write({ tick: data.tick }),
      onError: (error) => write({ ended: String(error.message) }),
      onComplete: () => write({ ended: 'complete' }),
    },
  );
}

if (listen) urls.forEach(subscribe);
else process.stdout.write(`${JSON.stringify(await outcomesOf(urls[0]))}\n`);
