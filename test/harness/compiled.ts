import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REFERENCES } from '../../docs/reference-markdown.ts';
import { freshFolder } from './fresh.ts';

const root = join(import.meta.dirname, '..', '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** What a reader imports, and the source that it is. */
const ENTRIES = {
  ...REFERENCES['client.md'][1],
  ...REFERENCES['sdk.md'][1],
  'keyseal/client': 'client/index.ts',
};

/**
 * Compiles sources as a reader's modules, against the sources of the packages that they import.
 * @param files by their names, such as `a.ts`; `globals.d.ts` declares what all of them may use
 * @returns what the compiler says, a line for each error
 */
export async function compileExamples(files: ReadonlyMap<string, string>): Promise<string[]> {
  const folder = await freshFolder();
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const paths = Object.entries(ENTRIES).map(([specifier, source]) => [specifier, [join(root, source)]]);
  const tsconfig = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      paths: Object.fromEntries(paths),
      // What a project begins with: `strict`, and no more.
      noUncheckedIndexedAccess: false,
      noImplicitReturns: false,
      noPropertyAccessFromIndexSignature: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      types: ['node'],
    },
    include: ['*.ts'],
    exclude: [],
  };
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  // Without an import or export it would be a script, whose names all of them share.
  const module = (text: string) => `${text}\nexport {};\n`;
  for (const [name, text] of files) {
    await writeFile(join(folder, name), name.endsWith('.d.ts') ? text : module(text));
  }
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error);
  return stdout.split('\n').filter((line) => line !== '');
}
