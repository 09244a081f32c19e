import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditTexts } from '../../web/audit/texts.ts';

const SERVER = join(import.meta.dirname, '..', '..', 'server');

/** The actions that the service records by a literal name. */
const recorded = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [...readFileSync(join(SERVER, path), 'utf8').matchAll(/\baction: '([\w.]+)'/g)])
  .map(([, action = '']) => action);

it('every recorded action has words in both languages', () => {
  expect(recorded.length).toBeGreaterThan(20);
  for (const { actions } of Object.values(auditTexts))
    expect(recorded.filter((action) => !Object.hasOwn(actions, action))).toEqual([]);
});
