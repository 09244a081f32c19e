import { afterAll, beforeAll, expect } from 'vitest';
import { CLIENTS } from '../../compat/clients.ts';
import { FIXED_SEED, fuzz } from '../../compat/fuzz/run.ts';
import { runMatrix, type Scene, setScene } from '../../compat/matrix.ts';
import { OPERATIONS } from '../../compat/operations.ts';
import { PROXIES } from '../../compat/proxies.ts';
import { failuresOf } from '../../compat/table.ts';
import { requires } from '../harness/requires.ts';

/** The short form of `npm run compat`. */
const NAMES = ['nginx', 'HAProxy'];
const CLIENT = 'TypeScript, Node';
/** Each mutation twice, and more. */
const REQUESTS = 200;

requires('nginx', 'haproxy').describe('through nginx, HAProxy and none', () => {
  const { test } = requires('nginx', 'haproxy');
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(
      PROXIES.filter(({ name }) => NAMES.includes(name)),
      CLIENTS.filter(({ name }) => name === CLIENT),
    );
  });
  afterAll(() => scene.stop());

  test('every operation works', async () => {
    const cells = await runMatrix(scene);
    expect(cells).toHaveLength(3 * Object.keys(OPERATIONS).length);
    expect(failuresOf(cells)).toEqual([]);
  });

  for (const name of NAMES)
    test(`${name}: what arrives changed is refused or judged alike`, async () => {
      const way = scene.ways.find((one) => one.name === name);
      if (!way) throw new Error(`${name} is not in the scene`);
      const { alike, complaints } = await fuzz(scene, way, FIXED_SEED, REQUESTS);
      expect(complaints).toEqual([]);
      // Otherwise the requests reach nothing.
      expect(alike).toBeGreaterThan(REQUESTS / 2);
    });
});
