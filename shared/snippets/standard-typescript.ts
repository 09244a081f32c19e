import { type SnippetAlgorithm, type StandardParts, standardComponents } from './parts.ts';
import { TYPESCRIPT_PRINTED } from './typescript.ts';

/** How each key signs: what is imported of node:crypto, and the signature as an expression. */
const SIGNING: Readonly<
  Record<SnippetAlgorithm, { readonly needs: readonly string[]; readonly signature: string }>
> = {
  'hmac-sha256': {
    needs: ['createHmac'],
    signature: "createHmac('sha256', signingSecret).update(base).digest('base64')",
  },
  ed25519: signedBy('null', 'key'),
  'ecdsa-p256-sha256': signedBy("'sha256'", "{ key, dsaEncoding: 'ieee-p1363' }"),
  'ecdsa-p384-sha384': signedBy("'sha384'", "{ key, dsaEncoding: 'ieee-p1363' }"),
  'rsa-pss-sha512': signedBy(
    "'sha512'",
    '{ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }',
    'constants',
  ),
  'rsa-v1_5-sha256': signedBy("'sha256'", 'key'),
};

function signedBy(hash: string, key: string, ...more: readonly string[]) {
  const signature = `sign(${hash}, Buffer.from(base), ${key}).toString('base64')`;
  return { needs: [...more, 'sign'], signature };
}

/** Makes an RFC 9421 signature: a module for Node without any package. It has no annotations, so it is JavaScript too. */
export function standardTypescriptSnippet(parts: StandardParts): string {
  const { origin, method, target, contentType, body, isForUser, algorithm } = parts;
  const { needs, signature } = SIGNING[algorithm];
  const hasSecret = algorithm === 'hmac-sha256';
  const values: Readonly<Record<string, string>> = {
    '@method': `'${method}'`,
    '@target-uri': 'url',
    'content-type': `'${contentType}'`,
    'content-digest': `\`sha-256=:\${createHash('sha256').update(body).digest('base64')}:\``,
    'x-user-token': 'userToken',
  };
  const components = standardComponents(parts);
  return [
    `import { ${[...(body === null ? [] : ['createHash']), ...needs, 'randomBytes'].sort().join(', ')} } from 'node:crypto';`,
    ...(hasSecret ? [] : ["import { readFileSync } from 'node:fs';"]),
    '',
    "const apiKey = process.env.KEYSEAL_API_KEY ?? '';",
    hasSecret
      ? "const signingSecret = process.env.KEYSEAL_SIGNING_SECRET ?? '';"
      : "const key = readFileSync(process.env.KEYSEAL_PRIVATE_KEY_FILE ?? '');",
    ...(isForUser ? ["const userToken = process.env.KEYSEAL_USER_TOKEN ?? '';"] : []),
    `const url = '${origin}${target}';`,
    ...(body === null ? [] : [`const body = ${JSON.stringify(body)};`]),
    '',
    'const covered = [',
    ...components.map((name) => `  ['${name}', ${values[name]}],`),
    '];',
    `const list = covered.map(([name]) => \`"\${name}"\`).join(' ');`,
    "const nonce = randomBytes(16).toString('base64url');",
    `const params = \`(\${list});created=\${Math.floor(Date.now() / 1000)};nonce="\${nonce}";keyid="\${apiKey.split('_')[2]}"\`;`,
    `const base = [...covered, ['@signature-params', params]].map(([name, value]) => \`"\${name}": \${value}\`).join('\\n');`,
    `const signature = ${signature};`,
    '',
    'const response = await fetch(url, {',
    ...(body === null ? [] : [`  method: '${method}',`]),
    '  headers: {',
    // What is not derived from the request line is a header.
    ...(components.length === 2 ? [] : ['    ...Object.fromEntries(covered.slice(2)),']),
    `    authorization: \`Bearer \${apiKey}\`,`,
    `    'signature-input': \`sig=\${params}\`,`,
    `    signature: \`sig=:\${signature}:\`,`,
    '  },',
    ...(body === null ? [] : ['  body,']),
    ...TYPESCRIPT_PRINTED,
  ].join('\n');
}
