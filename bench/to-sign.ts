/** A key that is nobody's. */
export const CREDENTIALS = {
  apiKey: `ks_live_${'0'.repeat(12)}_${'0'.repeat(38)}`,
  signingSecret: `kss_${'0'.repeat(43)}`,
};
export const SIGNED = /^v1,k=0{12},t=\d{10},n=[\w-]{22},s=[0-9a-f]{64}$/;

const body = JSON.stringify({ text: 'Hello from the benchmark, about as long as a small call is.' });

/** A small call that is not signed yet. */
export const newRequest = (): Request =>
  new Request('https://api.example.com/api/echo', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
