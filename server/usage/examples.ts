import { EXAMPLE_KEY } from '../lib/example-values.ts';

export const EXAMPLE_RANGE = {
  from: '2026-11-24T00:00:00.000Z',
  to: '2026-11-26T00:00:00.000Z',
  step: 'day',
} as const;

const POINTS = [
  { at: '2026-11-24T00:00:00.000Z', accepted: 1_840, refused: 3 },
  { at: '2026-11-25T00:00:00.000Z', accepted: 2_015, refused: 2 },
];
const SUMS = { accepted: 3_855, refused: 5 };

export const EXAMPLE_USAGE = {
  ...EXAMPLE_RANGE,
  ...SUMS,
  points: POINTS,
  outcomes: [
    { outcome: 'OK', count: 3_855 },
    { outcome: 'RATE_LIMITED', count: 5 },
  ],
  procedures: [{ procedure: 'exemple', ...SUMS }],
  latency: { p50: 2.1, p95: 6.4, p99: 11.9 },
};

export const EXAMPLE_BUSY_KEY = { id: EXAMPLE_KEY.id, name: EXAMPLE_KEY.name, ...SUMS };

export const EXAMPLE_KEYS_USAGE = {
  ...EXAMPLE_RANGE,
  items: [{ id: EXAMPLE_KEY.id, ...SUMS, points: POINTS }],
};
