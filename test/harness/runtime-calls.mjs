// Runs in Node, Bun, Deno and workerd: calls a service with the packed client, and returns what became of each call.
import { createKeysealClient } from '@keyseal/client';
import { signRequest } from '@keyseal/client/sign';

const OCTETS = { 'content-type': 'application/octet-stream' };

export async function makeCalls({ url, apiKey, signingSecret }) {
  const client = createKeysealClient({ url, apiKey, signingSecret });
  const bytes = new Uint8Array([0, 1, 254, 255]);
  const form = () => {
    const data = new FormData();
    data.set('file', new File([bytes], 'été.bin'));
    return data;
  };
  const send = async (name, init) => {
    const request = new Request(`${url}/api/${name}`, { method: 'POST', ...init });
    const response = await fetch(await signRequest(request, { apiKey, signingSecret }));
    const json = await response.json();
    return json.error ? json.error.message : json.result.data.size;
  };
  const ticks = () =>
    new Promise((resolve, reject) => {
      const subscription = client.clock.subscribe(
        { everyMs: 50 },
        {
          onError: reject,
          onData: ({ data }) => {
            subscription.unsubscribe();
            resolve(data.tick);
          },
        },
      );
    });

  const calls = {
    signedForm: () => send('upload', { body: form() }),
    signedBlob: () => send('upload', { body: new Blob([bytes], { type: OCTETS['content-type'] }) }),
    signedBytes: () => send('upload', { body: bytes, headers: OCTETS }),
    signedBuffer: () => send('upload', { body: bytes.buffer.slice(0), headers: OCTETS }),
    signedView: () => send('upload', { body: new DataView(bytes.buffer, 1, 2), headers: OCTETS }),
    signedStream: () => send('upload', { body: new Blob([bytes]).stream(), headers: OCTETS, duplex: 'half' }),
    signedFile: () => send('upload', { body: new File([bytes], 'a', { type: OCTETS['content-type'] }) }),
    signedEmpty: () => send('upload', { body: new Uint8Array(0), headers: OCTETS }),
    query: async () => (await client.exemple.query({ name: "O'Neill é" })).message,
    batch: async () => (await Promise.all([client.exemple.query(), client.whoami.query()])).length,
    mutation: async () => (await client.echo.mutate({ text: 'é' })).text,
    form: async () => (await client.upload.mutate(form())).size,
    blob: async () => (await client.upload.mutate(new Blob([bytes]))).size,
    bytes: async () => (await client.upload.mutate(bytes)).size,
    tick: ticks,
    refusal: () => client.keys.get.query({ id: 'none' }).catch(({ reason }) => reason),
    timeout: () =>
      client.exemple.query(undefined, { signal: AbortSignal.timeout(1) }).then(
        () => 'TimeoutError',
        ({ name }) => name,
      ),
  };

  const results = {};
  for (const [name, call] of Object.entries(calls)) {
    results[name] = await call().catch((error) => String(error));
  }
  return results;
}
