import type { SnippetParts, SnippetRequest } from './parts.ts';

/** A module for Node without any package. It has no annotations, so it is JavaScript too. */
export function typescriptSnippet(parts: SnippetParts): string {
  const { secrets, origin, method, target, contentType, body, isForUser } = parts;
  const isEmpty = body === null || !isForUser;
  const digests = [isForUser ? 'tokenDigest' : 'nothing', body === null ? 'nothing' : 'bodyDigest'];
  const proofs = [
    `authorization: \`Bearer \${apiKey}\``,
    `'x-signature': \`v1,k=\${k},t=\${t},n=\${n},s=\${s}\``,
  ];
  const others = [
    ...(isForUser ? ["'x-user-token': userToken"] : []),
    ...(body === null ? [] : [`'content-type': '${contentType}'`]),
  ];
  return [
    `import { createHash, createHmac, randomBytes } from 'node:crypto';`,
    '',
    `const apiKey = ${secrets ? `'${secrets.apiKey}'` : "process.env.KEYSEAL_API_KEY ?? ''"};`,
    `const signingSecret = ${secrets ? `'${secrets.signingSecret}'` : "process.env.KEYSEAL_SIGNING_SECRET ?? ''"};`,
    ...(isForUser ? ["const userToken = process.env.KEYSEAL_USER_TOKEN ?? '';"] : []),
    `const url = new URL('${origin}${target}');`,
    ...(body === null ? [] : [`const body = ${JSON.stringify(body)};`]),
    '',
    "const k = apiKey.split('_')[2];",
    'const t = Math.floor(Date.now() / 1000);',
    "const n = randomBytes(16).toString('base64url');",
    ...(isEmpty ? ["const nothing = createHash('sha256').digest('hex');"] : []),
    ...(isForUser ? ["const tokenDigest = createHash('sha256').update(userToken).digest('hex');"] : []),
    ...(body === null ? [] : ["const bodyDigest = createHash('sha256').update(body).digest('hex');"]),
    `const base = ['v1.request', k, t, n, '${method}', url.host, url.pathname + url.search, '${contentType}', ${digests.join(', ')}];`,
    "const s = createHmac('sha256', signingSecret).update(base.join('\\n')).digest('hex');",
    '',
    'const response = await fetch(url, {',
    ...(body === null ? [] : [`  method: '${method}',`]),
    ...(others.length === 0
      ? [`  headers: { ${proofs.join(', ')} },`]
      : ['  headers: {', ...[...proofs, ...others].map((header) => `    ${header},`), '  },']),
    ...(body === null ? [] : ['  body,']),
    ...TYPESCRIPT_PRINTED,
  ].join('\n');
}

/** The same call without a key and a signature. */
export function unsignedTypescriptSnippet(
  origin: string,
  { method, target, contentType, body }: SnippetRequest,
): string {
  return [
    `const response = await fetch('${origin}${target}', {`,
    ...(body === null
      ? []
      : [
          `  method: '${method}',`,
          `  headers: { 'content-type': '${contentType}' },`,
          `  body: ${JSON.stringify(body)},`,
        ]),
    ...TYPESCRIPT_PRINTED,
  ].join('\n');
}

/** What each module does with the response. */
export const TYPESCRIPT_PRINTED = [
  `  redirect: 'manual',`,
  '});',
  'console.log(response.status, await response.text());',
  '',
];
