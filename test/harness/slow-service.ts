import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder } from './fresh.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * `slow` says on stdout that it has begun, and takes SLOW_MS, or for ever; it goes on when its caller is gone, and says
 * that it knows.
 */
const MAIN = `import { createProcedure, createService } from 'keyseal';
const procedure = createProcedure(['slow:write']);
const slow = procedure({ access: 'key', permission: 'slow:write' }).mutation(async ({ signal }) => {
  console.log('slow has begun');
  signal.addEventListener('abort', () => console.log('slow has been aborted'));
  await new Promise((resolve) => process.env.SLOW_MS && setTimeout(resolve, Number(process.env.SLOW_MS)));
  return 'done';
});
await createService({ routes: { slow }, permissions: ['slow:write'] }).run();
`;

/** A service of the built package with a procedure that takes its time. @returns its folder, for `startProcess` */
export async function slowService(): Promise<string> {
  const folder = await freshFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'keyseal'));
  mkdirSync(join(folder, 'dist', 'server'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'dist', 'server', 'main.js'), MAIN);
  return folder;
}
