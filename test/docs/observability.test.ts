import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exposition, scrape } from '../harness/metrics.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign, withHeader } from '../harness/wire.ts';

const page = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'operators', 'observability.md'),
  'utf8',
);

/** What the tables of metrics say of each: its type and its labels. */
const said = new Map(
  [...page.matchAll(/^\| `(keyseal_\w+)` \| (\w+) \|([^|]*)\|/gm)].map(
    ([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort() },
    ],
  ),
);

let service: TestService;
let exposition: Exposition;

beforeAll(async () => {
  // Nothing answers there: the metrics of issuers have labels only where there is an issuer.
  const issuer = { name: 'company', issuer: 'http://127.0.0.1:1', audience: 'api', userToken: true };
  service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([issuer]) } });
  const draft = () => sign(service.demo, '/api/exemple', { authority: service.authority });
  await send(service.port, draft());
  await send(service.port, withHeader(draft(), 'authorization', null));
  exposition = await scrape(service.port);
});
afterAll(() => service.stop());

describe('docs/operators/observability.md', () => {
  it('lists every metric with its type, and no other', () => {
    const own = [...exposition.types].filter(([name]) => !/^(process|nodejs)_/.test(name));
    expect([...said].map(([name, { type }]) => [name, type]).sort()).toEqual(own.sort());
  });

  it('lists the labels of each metric', () => {
    const labelled = exposition.samples.filter(({ name }) => name.startsWith('keyseal_'));
    expect(new Set(labelled.map(({ name }) => nameOf(name)))).toEqual(new Set(said.keys()));
    for (const { name, labels } of labelled) {
      const names = Object.keys(labels).filter((label) => label !== 'le');
      expect([name, names.sort()]).toEqual([name, said.get(nameOf(name))?.labels]);
    }
  });

  it('lists every table and queue that is exposed', () => {
    const values = exposition.samples.flatMap(({ labels }) => [
      labels['table'],
      labels['queue'],
      labels['way'],
    ]);
    for (const value of values) if (value !== undefined) expect(page).toContain(`\`${value}\``);
  });

  it('has alerts on existing metrics only', () => {
    const named = [...page.matchAll(/keyseal_\w+/g)].map(([name]) => nameOf(name));
    expect(named.filter((name) => !exposition.types.has(name))).toEqual([]);
  });
});

/** The metric that a sample belongs to: a histogram has several. */
const nameOf = (sample: string) =>
  sample.replace(/^(keyseal_request_duration_seconds)_(bucket|sum|count)$/, '$1');
