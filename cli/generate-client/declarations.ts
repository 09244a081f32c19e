import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { CommandError, EXIT } from '../output/failure.ts';
import { type Files, specifiersOf } from './client-package.ts';

/** Compiler options that override the project's: it writes only declarations. */
const EMIT = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--declarationMap', 'false'];
const ALONE = ['--composite', 'false', '--incremental', 'false', '--listEmittedFiles'];

/**
 * The types of a module that exports `routes`, and of all that it imports, as the project's own TypeScript writes them.
 * @param routes the module, by its path
 * @param project the path of its tsconfig.json
 * @param folder an empty folder, for the compiler's output
 * @throws CommandError if the project does not compile, or the module exports no `routes`
 */
export async function declarationsOf(
  routes: string,
  project: string,
  folder: string,
): Promise<{ entry: string; files: Files }> {
  const emitted = await emit(project, folder);
  const wanted = resolve(routes).replace(/\.[mc]?tsx?$/, '.d.ts');
  // The compiler chooses the root of its output: use the longest path that matches.
  const entry = emitted.find((path) => wanted.endsWith(sep + path.split('/').join(sep)));
  if (entry === undefined) {
    throw new CommandError(
      `${project} does not include ${routes}. Name a module that this project compiles.`,
      EXIT.usage,
    );
  }
  const texts = new Map<string, string>();
  for (const path of emitted) texts.set(`custom/${path}`, await readFile(join(folder, path), 'utf8'));
  if (!/^export (declare )?const routes\b/m.test(texts.get(`custom/${entry}`) ?? '')) {
    throw new CommandError(`${routes} does not export a const named routes.`, EXIT.usage);
  }
  const files = new Map([...texts].map(([path, text]) => [path, rewriteImports(path, text)]));
  return { entry: `custom/${entry}`, files };
}

/** @returns the paths of the declarations in the folder */
async function emit(project: string, folder: string): Promise<string[]> {
  const args = [findCompiler(), '-p', project, ...EMIT, ...ALONE, '--outDir', folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 }).catch(
    ({ stdout = '', message }: { stdout?: string; message: string }) => {
      throw new CommandError(`${project} does not compile:\n${stdout.trim() || message}`);
    },
  );
  return [...stdout.matchAll(/^TSFILE: +(.+\.d\.ts)$/gm)].map(([, path]) =>
    relative(folder, path as string)
      .split(sep)
      .join('/'),
  );
}

/** The TypeScript of the current folder. */
function findCompiler(): string {
  const { resolve: find } = createRequire(join(process.cwd(), 'package.json'));
  try {
    return join(find('typescript/package.json'), '..', 'bin', 'tsc');
  } catch {
    throw new CommandError(
      'TypeScript is not installed here. Run npm install --save-dev typescript.',
      EXIT.usage,
    );
  }
}

/** Replaces imports of the service's package by imports of the client package. */
function rewriteImports(path: string, text: string): string {
  const up = '../'.repeat(path.split('/').length - 1);
  return specifiersOf(text).includes('keyseal/client')
    ? text.replace(/(['"])keyseal\/client\1/g, `$1${up}client/index.js$1`)
    : text;
}
