import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { LANGUAGE_NAMES } from '../../shared/snippets/call-snippets.ts';
import { SNIPPET_LANGUAGES, snippetsFor } from '../../web/snippets/snippets.ts';

describe.each(['en', 'fr'])('docs/%s/security-procedure.md', (language) => {
  const path = join(import.meta.dirname, '../../docs', language, 'security-procedure.md');
  const page = readFileSync(path, 'utf8');
  const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm)];
  const plain = blocks.filter(([, info]) => info === '').map(([, , text = '']) => text);

  it('has a worked example with correct values', () => {
    const [given = '', base = '', header] = plain;
    const secret = /kss_\S+/.exec(given)?.[0] ?? '';
    const body = /\{.*\}/.exec(given)?.[0] ?? '';
    const [, k, t, n] = /(\w{12}), (\d{10}), (\w+)$/.exec(given) ?? [];
    const digest = createHash('sha256').update(body).digest('hex');
    const target = ['POST', 'api.example.com', '/api/echo', 'application/json'];
    expect(base).toBe(['v1.request', k, t, n, ...target, EMPTY_SHA256, digest].join('\n'));
    const s = createHmac('sha256', secret).update(base).digest('hex');
    expect(header).toBe(`x-signature: v1,k=${k},t=${t},n=${n},s=${s}`);
  });

  it.each(SNIPPET_LANGUAGES)('has the call in %s that the console shows, with a placeholder key', (name) => {
    const given = { url: 'https://api.example.com', apiKey: 'ks_test_<id>_…', signingSecret: 'kss_…' };
    const written = blocks.find(([, info]) => info?.split(' ')[1] === name)?.[2];
    expect(written).toBe(snippetsFor(given)[name].trimEnd());
    expect(page).toContain(`### ${LANGUAGE_NAMES[name]}\n`);
  });
});
