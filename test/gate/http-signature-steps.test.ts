import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Read from '../../shared/http-signature/read.ts';
import { type StandardOptions, signStandard } from '../harness/http-signature.ts';
import { createKey, signUp } from '../harness/people.ts';
import { expectStepNeeded } from '../harness/removable-steps.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, headerOf, send, withHeader } from '../harness/wire.ts';

// Every step of a signature in the form of RFC 9421 can be removed while the service runs.
const steps = vi.hoisted(() => {
  const out = new Map<string, (...args: never[]) => unknown>();
  const removable = (module: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(module).map(([name, value]) => [
        name,
        typeof value === 'function'
          ? (...args: never[]) => (out.get(name) ?? (value as (...args: never[]) => unknown))(...args)
          : value,
      ]),
    );
  return { out, removable };
});
vi.mock('../../server/gate/signature/standard-signature.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/gate/signature/content-digest.ts', async (real) => steps.removable(await real()));
vi.mock('../../server/lib/signature-algorithms.ts', async (real) => steps.removable(await real()));
vi.mock('../../shared/http-signature/base.ts', async (real) => steps.removable(await real()));
vi.mock('../../shared/http-signature/coverage.ts', async (real) => steps.removable(await real()));
vi.mock('../../shared/http-signature/read.ts', async (real) => {
  const module = await real<typeof Read>();
  steps.out.set('real readStandardSignature', module.readStandardSignature as never);
  return steps.removable({ ...module });
});

let service: TestService;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService();
  key = await createKey(service, await signUp(service), { permissions: ['exemple:read', 'echo:write'] });
});
afterAll(() => service.stop());

const signed = (target: string, options: Partial<StandardOptions> = {}) =>
  signStandard(key, target, { authority: service.authority, ...options });
const isAdmitted = async (draft: Draft) => (await send(service.port, draft)).status === 200;
const echo = (options: Partial<StandardOptions> = {}) =>
  signed('/api/echo', { body: '{"text":"mine"}', ...options });

/** A step, its replacement, and the attack that only this step stops. */
const CASES: readonly [string, (...args: never[]) => unknown, string, () => Promise<boolean>][] = [
  [
    'readStandardSignature',
    (...args) => {
      const read = steps.out.get('real readStandardSignature') as typeof Read.readStandardSignature;
      const [values, bearer] = args as unknown as Parameters<typeof read>;
      return read((name) => values(name).map((line) => line.replace(';tag="other"', '')), bearer);
    },
    'a signature for another service is accepted',
    async () => {
      const draft = signed('/api/exemple');
      const input = headerOf(draft, 'signature-input');
      return isAdmitted(withHeader(draft, 'signature-input', `${input};tag="other"`));
    },
  ],
  [
    'checkStandardSignature',
    () => undefined,
    'a target is swapped',
    () => isAdmitted({ ...signed('/api/whoami'), target: '/api/exemple' }),
  ],
  [
    'verifySignature',
    () => true,
    'a request is signed with no secret',
    () => isAdmitted(signed('/api/exemple', { sign: () => Buffer.alloc(32) })),
  ],
  [
    'httpSignatureBase',
    () => 'the same',
    'a signature is sent with another request',
    async () => {
      const draft = signed('/api/exemple', { sign: () => Buffer.from(hmacOf('the same'), 'hex') });
      return isAdmitted(draft);
    },
  ],
  [
    'findUncovered',
    () => [],
    'the target is not covered, and swapped',
    () => isAdmitted({ ...signed('/api/whoami', { components: ['"@method"'] }), target: '/api/exemple' }),
  ],
  [
    'checkContentDigest',
    () => undefined,
    'a body is swapped',
    () => isAdmitted({ ...echo(), body: Buffer.from('{"text":"evil"}') }),
  ],
];

function hmacOf(text: string): string {
  return createHmac('sha256', key.signingSecret).update(text).digest('hex');
}

/** What gives a value or waits, and refuses nothing by itself. */
const GIVES_ONLY = [
  'andThen',
  'contradictionRefusal',
  'explainBase',
  'verificationKeyOf',
  'inTurn',
  'setImmediate',
];

describe('each step of a signature in the form of RFC 9421', () => {
  it('has a test that removes it', () => {
    const source = readFileSync(
      new URL('../../server/gate/signature/standard-signature.ts', import.meta.url),
      'utf8',
    );
    const imported = [...source.matchAll(/^import \{([^}]*)\} from '(?!.*refusal\.ts)[^']*';$/gm)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => /^[a-z]/.test(name) && !name.startsWith('type '));
    const known = CASES.map(([step]) => step).filter((step) => !/^(read|check)Standard/.test(step));
    expect(imported.sort()).toEqual([...known, ...GIVES_ONLY].sort());
  });

  it.each(CASES.map(([step, instead, name, attack]) => ({ step, instead, name, attack })))(
    'without $step $name',
    ({ step, instead, attack }) => expectStepNeeded(steps.out, step, instead, attack),
  );
});
