import { expect, test } from 'vitest';
import { readPastCalls, withCall } from '../../web/playground/past-calls/past-calls.ts';

const CALL = { at: 1, procedure: 'echo', status: 200, reason: null, requestId: 'a', took: 3 };

test('what the browser kept is read, without what is no call', () => {
  const others = [
    null,
    7,
    'x',
    {},
    { ...CALL, at: -1 },
    { ...CALL, procedure: 'a\nb' },
    { ...CALL, reason: 7 },
  ];
  expect(readPastCalls(JSON.stringify([CALL, ...others]))).toEqual([CALL]);
  for (const text of [null, '', '{', '{}', '"x"']) expect(readPastCalls(text)).toEqual([]);
});

test('at most twenty calls are kept, the newest first', () => {
  let calls = readPastCalls(null);
  for (let at = 0; at < 30; at++) calls = withCall(calls, { ...CALL, at });
  expect(calls.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, n) => 29 - n));
});
