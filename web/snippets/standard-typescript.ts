import { type StandardParts, standardComponents } from './parts.ts';
import { TYPESCRIPT_PRINTED } from './typescript.ts';

/** Signs by RFC 9421: a module for Node without any package. It has no annotations, so it is JavaScript too. */
export function standardTypescriptSnippet(parts: StandardParts): string {
  const { origin, method, target, contentType, body, isForUser } = parts;
  const values: Readonly<Record<string, string>> = {
    '@method': `'${method}'`,
    '@target-uri': 'url',
    'content-type': `'${contentType}'`,
    'content-digest': `\`sha-256=:\${createHash('sha256').update(body).digest('base64')}:\``,
    'x-user-token': 'userToken',
  };
  const components = standardComponents(parts);
  return [
    `import { ${body === null ? '' : 'createHash, '}createHmac, randomBytes } from 'node:crypto';`,
    '',
    "const apiKey = process.env.KEYSEAL_API_KEY ?? '';",
    "const signingSecret = process.env.KEYSEAL_SIGNING_SECRET ?? '';",
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
    "const signature = createHmac('sha256', signingSecret).update(base).digest('base64');",
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
