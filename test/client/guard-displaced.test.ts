import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyBuffer } from '../../client/guard/body-buffer.ts';
import { BodyMemory } from '../../client/guard/body-memory.ts';
import { createGuard } from '../../client/guard/index.ts';
import { signRequest } from '../../client/index.ts';
import { addressPath, type FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { formatKey } from '../../shared/key-format.ts';
import { admitAll } from '../harness/admitting-guard.ts';

const KIB = 1024;
const TOTAL = 1024 * KIB;
const ALL = new Uint8Array(TOTAL);

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** What a flooder sends until nothing fits any more: each body half of the one before, none of them whole. */
const SIZES = Array.from({ length: 11 }, (_, i) => TOTAL / 2 ** (i + 1)).flatMap((size) =>
  Array(12).fill(size),
);

function memoryOf(total = TOTAL) {
  const memory = new BodyMemory(total);
  const arriving = (holder: FairnessPath, bytes: number) => {
    const body = new BodyBuffer(TOTAL, memory, holder);
    return { body, refused: body.add(ALL.subarray(0, bytes)) };
  };
  return { memory, arriving };
}

describe('S11: a body that does not fit into the memory', () => {
  it.each([
    ['an unknown address, many keys', (i: number) => ['unknown', `a${i}`], ['unknown', 'b']],
    ['an unknown address, the same key', () => ['unknown', 'b'], ['unknown', 'b']],
    ['one address', () => addressPath('203.0.113.7'), addressPath('203.0.113.7')],
    [
      'many addresses of a network',
      (i: number) => addressPath(`203.0.113.${i}`),
      addressPath('203.0.113.200'),
    ],
  ] as const)('displaces slow bodies of %s', (_what, flooder, honest) => {
    const { arriving } = memoryOf();
    SIZES.forEach((size, i) => {
      arriving(flooder(i), size);
    });
    expect(arriving(honest, 100 * KIB).refused?.reason).toBe('UNAVAILABLE');
    vi.advanceTimersByTime(1_000);
    for (let call = 0; call < 50; call++) {
      const { body, refused } = arriving(honest, 100 * KIB);
      expect([refused, body.whole().byteLength]).toEqual([null, 100 * KIB]);
      body.release();
    }
  });

  it('displaces no smaller holder, and no body that has arrived', () => {
    const { arriving } = memoryOf();
    const small = arriving(['unknown', 'small'], 4 * KIB).body;
    const whole = arriving(['unknown', 'done'], 200 * KIB).body;
    whole.whole();
    vi.advanceTimersByTime(1_000);
    for (let body = 0; body < 100; body++) {
      arriving(['unknown', 'flood'], 50 * KIB);
      vi.advanceTimersByTime(1_000);
    }
    expect([small.add(ALL.subarray(0, 1)), small.whole().byteLength]).toEqual([null, 4 * KIB + 1]);
    expect(whole.whole().byteLength).toBe(200 * KIB);
  });

  it('displaces nothing of another network', () => {
    const { arriving } = memoryOf();
    const far = arriving(addressPath('198.51.100.1'), 200 * KIB).body;
    vi.advanceTimersByTime(1_000);
    for (let body = 0; body < 100; body++) arriving(addressPath('203.0.113.7'), 10 * KIB);
    expect(far.whole().byteLength).toBe(200 * KIB);
  });

  it('displaces a body that is then refused, complete or not, and gives its bytes back once', () => {
    const { arriving } = memoryOf();
    const first = arriving(['unknown', 'a'], TOTAL / 4).body;
    vi.advanceTimersByTime(1_000);
    expect(arriving(['unknown', 'a'], TOTAL / 4).refused).toBeNull();
    expect(first.add(ALL.subarray(0, 1))?.reason).toBe('UNAVAILABLE');
    expect(() => first.whole()).toThrow('was dropped, because another one needed its memory');
    first.release();
    expect(arriving(['unknown', 'a'], 1).refused?.reason).toBe('UNAVAILABLE');
  });
});

const HOST = 'shop.example.com';
const keyOf = (id: string) => ({
  apiKey: formatKey('ks', 'test', id, 'a'.repeat(32)),
  signingSecret: `kss_${'a'.repeat(43)}`,
});

describe('S11: guard.fetch, where no address is known', () => {
  const errors: unknown[] = [];
  const newHandler = (more = {}) =>
    createGuard({
      ...keyOf('g'.repeat(12)),
      url: 'https://keyseal.example.com',
      authority: HOST,
      maxBody: TOTAL,
      maxBuffered: TOTAL,
      onError: (error) => errors.push(error),
      fetch: admitAll,
      ...more,
    }).fetch({}, async () => new Response('done'));
  const order = (id: string, body: BodyInit) =>
    signRequest(new Request(`https://${HOST}/`, { method: 'POST', body }), keyOf(id));

  /** The same request with a body that never ends. */
  const stalled = async (id: string, bytes: number) => {
    const { url, headers } = await order(id, 'x');
    const body = new ReadableStream({ start: (to) => to.enqueue(ALL.subarray(0, bytes)) });
    return new Request(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  };
  const statusOf = async (answer: Promise<Response>) => {
    let status = 0;
    void answer.then((response) => {
      status = response.status;
      return response.text();
    });
    while (status === 0) await vi.advanceTimersByTimeAsync(0);
    return status;
  };

  it.each([1, 100])('admits honest callers during slow bodies under %i invented keys', async (keys) => {
    errors.length = 0;
    const handler = newHandler();
    for (const [i, size] of SIZES.entries()) {
      void handler(await stalled(`f${String(i % keys).padStart(11, '0')}`, size));
      await vi.advanceTimersByTimeAsync(0);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    const statuses: number[] = [];
    for (let call = 0; call < 20; call++) {
      statuses.push(await statusOf(handler(await order('h'.repeat(12), ALL.slice(0, 50 * KIB)))));
    }
    expect(statuses).toEqual(Array(20).fill(200));
  });

  it('calls onError once if no address is known, and never if the option is set', async () => {
    for (const [more, reports] of [
      [{}, 1],
      [{ address: () => '203.0.113.7' }, 0],
      [{ address: () => null }, 0],
    ] as const) {
      errors.length = 0;
      const handler = newHandler(more);
      for (let call = 0; call < 3; call++) await statusOf(handler(await order('h'.repeat(12), 'x')));
      expect(errors.map(String)).toHaveLength(reports);
      if (reports) expect(String(errors)).toContain('no option "address"');
    }
  });
});
