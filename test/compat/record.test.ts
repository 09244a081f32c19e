import { expect, test } from 'vitest';
import { withRest } from '../../compat/record.ts';
import type { Recorded } from '../../compat/table.ts';

const cell = (proxy: string, client: string, outcome: string) =>
  ({ proxy, client, operation: 'call', outcome }) as const;
const PROXIES = ['no proxy', 'nginx'];

const last: Recorded = {
  date: '2026-01-01',
  proxies: PROXIES.map((name) => ({ name, version: '1' })),
  clients: ['curl', 'Python'].map((name) => ({ name, version: '1' })),
  absent: 'Ruby',
  cells: PROXIES.flatMap((proxy) => [cell(proxy, 'curl', 'ok'), cell(proxy, 'Python', 'old')]),
};

test('the record of a part replaces the rows that ran, in the order of the table, and keeps the rest', () => {
  const run: Recorded = {
    date: '2026-02-02',
    proxies: [
      { name: 'no proxy', version: '' },
      { name: 'Caddy', version: '2' },
    ],
    clients: [{ name: 'Python', version: '2' }],
    absent: '',
    cells: [cell('no proxy', 'Python', 'new'), cell('Caddy', 'Python', 'new')],
  };
  const { date, proxies, clients, absent, cells } = withRest(run, last);
  expect(date).toBe('2026-02-02');
  expect(proxies.map(({ name, version }) => name + version)).toEqual(['no proxy', 'nginx1', 'Caddy2']);
  expect(clients.map(({ name, version }) => name + version)).toEqual(['curl1', 'Python2']);
  expect(absent.split(', ')).toContain('Ruby');
  expect(cells.map(({ proxy, client, outcome }) => `${proxy} ${client} ${outcome}`)).toEqual([
    'no proxy curl ok',
    'no proxy Python new',
    'nginx curl ok',
    'nginx Python old',
    'Caddy Python new',
  ]);
});
