// A signed call with Node 20 or later, without dependencies.
//
//   export KEYSEAL_URL=http://localhost:3000
//   export KEYSEAL_API_KEY=ks_…  KEYSEAL_SIGNING_SECRET=kss_…
//   node examples/node/call.mjs GET  '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D'
//   node examples/node/call.mjs POST /api/echo '{"text":"hello"}'
//   node examples/node/call.mjs POST /api/upload @picture.png application/octet-stream
//
// With KEYSEAL_USER_TOKEN the key calls on behalf of that user. Body and content type are optional.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { KEYSEAL_URL, KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET, KEYSEAL_USER_TOKEN: token = '' } = process.env;
const [method, target, given = '', type = 'application/json'] = process.argv.slice(2);

const fail = (sentence) => process.exit(console.error(sentence) ?? 64);
const needed = ['KEYSEAL_URL', 'KEYSEAL_API_KEY', 'KEYSEAL_SIGNING_SECRET'];
const missing = needed.find((name) => !process.env[name]);
if (missing) fail(`Set ${missing} in the environment.`);
const isUrl = /^https?:/i.test(KEYSEAL_URL) && URL.canParse(KEYSEAL_URL);
if (!isUrl) fail('KEYSEAL_URL is not a URL such as http://localhost:3000.');
if (!target) fail('Give a method and a target.');

function readFile(path) {
  try {
    return readFileSync(path);
  } catch {
    return fail(`The file ${path} cannot be read.`);
  }
}

// fetch sends the URL as the URL class writes it: ' in a query as %27, no empty ?. So that is what is signed.
const url = new URL(KEYSEAL_URL.replace(/\/$/, '') + target);
url.hash = '';

const headers = { authorization: `Bearer ${KEYSEAL_API_KEY}` };
if (token) headers['x-user-token'] = token;
let body;
if (method === 'POST') {
  headers['content-type'] = type;
  body = given.startsWith('@') ? readFile(given.slice(1)) : Buffer.from(given);
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const k = KEYSEAL_API_KEY.split('_')[2];
const t = Math.floor(Date.now() / 1000);
const nonce = randomBytes(16).toString('base64url');
const path = url.pathname + url.search;
const signed = ['v1.request', k, t, nonce, method, url.host, path, headers['content-type'] ?? ''];
const base = [...signed, sha256(token), sha256(body ?? '')].join('\n');
const mac = createHmac('sha256', KEYSEAL_SIGNING_SECRET).update(base).digest('hex');
headers['x-signature'] = `v1,k=${k},t=${t},n=${nonce},s=${mac}`;

// A redirect is not followed: its target would be handed the credentials.
const response = await fetch(url, { method, headers, body, redirect: 'manual' });
process.stdout.write(Buffer.from(await response.arrayBuffer()));
process.exitCode = response.ok ? 0 : 1;
