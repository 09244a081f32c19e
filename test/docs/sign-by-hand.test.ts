import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKey } from '../../shared/key-format.ts';
import { formatSignature, signatureBase } from '../../shared/signature.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

const root = join(import.meta.dirname, '..', '..');

/** A block to paste, and what the page says that it prints. */
interface Step {
  readonly paste: string;
  readonly prints: string;
}

function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```\n([\s\S]*?)^```$)?/gm);
  return [...blocks].map(([, paste = '', prints = '']) => ({ paste, prints }));
}

/** The steps with the page's own values, and the two that send one with the reader's. */
function read(language: string) {
  const steps = stepsOf(readFileSync(join(root, `docs/${language}/sign-by-hand.md`), 'utf8'));
  const own = steps.findIndex(({ paste }) => paste.startsWith('export KEYSEAL_API_KEY'));
  const setTo = (name: string) =>
    steps.map(({ paste }) => new RegExp(`^${name}='?(.*?)'?$`, 'm').exec(paste)?.[1]).find(Boolean) ?? '';
  return { worked: steps.slice(0, own), own: steps.slice(own), setTo };
}

async function bash(script: string, env: Record<string, string> = {}): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  return (await promisify(execFile)('bash', ['-euc', script], { env: { PATH, HOME, ...env } })).stdout;
}

describe.each(['en', 'fr'])('docs/%s/sign-by-hand.md', (language) => {
  const { worked, own, setTo } = read(language);

  it('has the values that the service computes', () => {
    const key = parseKey('ks', setTo('api_key'));
    const signed = { k: key?.id ?? '', t: Number(setTo('line3')), nonce: setTo('line4') };
    const base = signatureBase({
      ...signed,
      method: setTo('line5'),
      authority: setTo('line6'),
      target: setTo('line7'),
      contentType: setTo('line8'),
      tokenDigest: sha256(''),
      bodyDigest: sha256(setTo('body')),
    });
    const mac = createHmac('sha256', setTo('signing_secret')).update(base).digest('hex');
    expect(worked.map(({ prints }) => prints).filter(Boolean)).toEqual([
      `${signed.k}\n`,
      `${sha256('')}\n`,
      `${sha256(setTo('body'))}\n`,
      `${base}\n`,
      `${base.length}\n${sha256(base)}\n`,
      `${mac}\n`,
      `x-signature: ${formatSignature({ ...signed, mac })}\n`,
    ]);
  });

  requires('bash', 'openssl').test('has shell commands that print what it says', async () => {
    const printed = await bash(worked.map(({ paste }) => `${paste}\nprintf '\\0'\n`).join(''));
    expect(printed.split('\0').slice(0, -1)).toEqual(worked.map(({ prints }) => prints));
  });

  requires('bash', 'openssl', 'curl').describe('the page with another key', () => {
    const { test } = requires('bash', 'openssl', 'curl');
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService();
    });
    afterAll(() => service.stop());

    test('makes a call, once', async () => {
      const [, { paste = '', prints = '' } = {}] = own;
      const script = [
        ...worked.map((step) => step.paste),
        paste,
        'printf "\\0"',
        paste.slice(paste.indexOf('curl')),
      ]
        .join('\n')
        .replaceAll('localhost:3000', service.authority);
      const [made = '', again = ''] = (
        await bash(script, {
          KEYSEAL_API_KEY: service.demo.apiKey ?? '',
          KEYSEAL_SIGNING_SECRET: service.demo.signingSecret,
        })
      )
        .split('\0')
        .slice(-2);
      const answered = JSON.parse(made.slice(made.lastIndexOf('\n') + 1));
      answered.result.data.caller.keyId = '…';
      expect(answered).toEqual(JSON.parse(prints));
      expect(JSON.parse(again).error.data.reason).toBe('SIGNATURE_REPLAYED');
    });
  });
});

it('the pages of both languages have the same values', () => {
  const [en, fr] = ['en', 'fr'].map((language) => read(language));
  expect(fr?.worked).toEqual(en?.worked);
  expect(fr?.own).toEqual(en?.own);
});
