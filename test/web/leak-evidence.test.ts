import { expect, it } from 'vitest';
import { evidenceOf } from '../../web/key/leak/evidence.ts';

type Change = Parameters<typeof evidenceOf>[0][number];

const recordOf = (some: Partial<Change>): Change => ({
  ...{
    seq: 1,
    at: '2026-11-29T10:00:00.000Z',
    actor: { kind: 'key', id: 'k' },
    address: null,
    requestId: null,
  },
  ...{ action: 'keys.update', subject: 'other', before: null, after: null, mac: '' },
  ...some,
});

it('sums up the records of a key: addresses with their last time, keys that it created', () => {
  const found = evidenceOf([
    recordOf({ address: '192.0.2.1', at: '2026-11-29T12:00:00.000Z' }),
    recordOf({
      address: '192.0.2.2',
      at: '2026-11-29T11:00:00.000Z',
      action: 'keys.create',
      subject: 'child',
    }),
    recordOf({ address: '192.0.2.1', at: '2026-11-29T10:00:00.000Z' }),
    recordOf({ address: null }),
  ]);
  expect(found.addresses).toEqual([
    { address: '192.0.2.1', times: 2, last: '2026-11-29T12:00:00.000Z' },
    { address: '192.0.2.2', times: 1, last: '2026-11-29T11:00:00.000Z' },
  ]);
  expect(found.createdKeys).toEqual(['child']);
});
