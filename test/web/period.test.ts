import { expect, test } from 'vitest';
import { periodOf, wrongDays } from '../../web/usage/period.ts';

const NOW = Date.parse('2026-11-25T14:05:00Z');
const days = (from: string, to: string) => periodOf({ range: 'days', from, to }, NOW);

test('days are whole days in UTC, both included, compared with as many days before', () => {
  const period = days('2026-11-01', '2026-11-10');
  expect(period.name).toBe('2026-11-01-2026-11-10');
  expect(period.span(NOW)).toEqual({
    ...{ from: '2026-11-01T00:00:00.000Z', to: '2026-11-11T00:00:00.000Z', step: 'day' },
  });
  expect(period.before(NOW)).toEqual({
    ...{ from: '2026-10-22T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', step: 'day' },
  });
});

test('up to three days are shown by the hour, while the hours are stored, and today until now', () => {
  expect(days('2026-11-23', '2026-11-25').span(NOW)).toEqual({
    ...{ from: '2026-11-23T00:00:00.000Z', to: '2026-11-25T15:00:00.000Z', step: 'hour' },
  });
  expect(days('2026-11-22', '2026-11-25').span(NOW).step).toBe('day');
  expect(days('2026-08-01', '2026-08-01').span(NOW).step).toBe('day');
});

test.each([
  ['2026-11-10', '2026-11-01', 'order'],
  ['', '2026-11-01', 'order'],
  ['2026-13-01', '2026-11-01', 'order'],
  ['<b>', '<b>', 'order'],
  ['2026-11-20', '2026-11-26', 'future'],
  ['2024-11-01', '2026-11-25', 'old'],
] as const)('%s to %s is refused (%s), and the last seven days are shown', (from, to, wrong) => {
  expect(wrongDays({ from, to }, NOW)).toBe(wrong);
  expect(days(from, to).days).toEqual({ from: '2026-11-19', to: '2026-11-25' });
});

test('without a choice the range is the last 24 hours, and an hour is shown by the minute', () => {
  expect(periodOf({}, NOW)).toMatchObject({ name: '24h', days: null });
  expect(periodOf({ range: '1h' }, NOW).span(NOW).step).toBe('minute');
});
