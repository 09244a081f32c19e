import type { SnippetParts } from './parts.ts';

/** A module for Node without any package. It has no annotations, so it is JavaScript too. */
export const typescriptSnippet = ({ apiKey, signingSecret, origin, target }: SnippetParts): string =>
  `import { createHash, createHmac, randomBytes } from 'node:crypto';

const apiKey = '${apiKey}';
const signingSecret = '${signingSecret}';
const url = new URL('${origin}${target}');

const k = apiKey.split('_')[2];
const t = Math.floor(Date.now() / 1000);
const n = randomBytes(16).toString('base64url');
const nothing = createHash('sha256').digest('hex');
const base = ['v1.request', k, t, n, 'GET', url.host, url.pathname + url.search, '', nothing, nothing];
const s = createHmac('sha256', signingSecret).update(base.join('\\n')).digest('hex');

const response = await fetch(url, {
  headers: { authorization: \`Bearer \${apiKey}\`, 'x-signature': \`v1,k=\${k},t=\${t},n=\${n},s=\${s}\` },
  redirect: 'manual',
});
console.log(response.status, await response.text());
`;
