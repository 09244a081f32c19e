import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../server/lib/package-root.ts';

/** A client language or runtime, and a program that calls with it. */
export interface Client {
  readonly name: string;
  /** A program that makes one signed call, or the TypeScript client, which makes all of them in one process. */
  readonly kind: 'program' | 'typescript';
  /** Whether it speaks HTTP/2 to a proxy that does; the others speak HTTP/1.1. */
  readonly http2?: true;
  /** A command that prints its version; it fails if the tool is absent. */
  readonly version: readonly [string, ...string[]];
  /** What runs the program; the arguments of a call follow. @param folder of what `prepare` made */
  readonly command: (folder: string) => readonly [string, ...string[]];
  /** A command that compiles the program. */
  readonly prepare?: (folder: string) => readonly [string, ...string[]];
}

const of = (path: string): string => join(PACKAGE_ROOT, path);
const TYPESCRIPT = of('compat/programs/typescript.mjs');

/** A program of examples/runtimes, or of the PATH. */
function runtime(name: string): string {
  const own = of(`examples/runtimes/node_modules/.bin/${name}`);
  return existsSync(own) ? own : name;
}

export const CLIENTS: readonly Client[] = [
  {
    name: 'TypeScript, Node',
    kind: 'typescript',
    version: [process.execPath, '--version'],
    command: () => [process.execPath, TYPESCRIPT],
  },
  {
    name: 'TypeScript, undici',
    kind: 'typescript',
    http2: true,
    version: [process.execPath, '-p', 'require("undici/package.json").version'],
    command: () => [process.execPath, TYPESCRIPT, 'undici'],
  },
  {
    name: 'TypeScript, Bun',
    kind: 'typescript',
    version: [runtime('bun'), '--version'],
    command: () => [runtime('bun'), 'run', TYPESCRIPT],
  },
  {
    name: 'TypeScript, Deno',
    kind: 'typescript',
    http2: true,
    version: [runtime('deno'), '--version'],
    command: () => [
      runtime('deno'),
      ...['run', '--allow-all', '--node-modules-dir=manual', '--no-lock', TYPESCRIPT],
    ],
  },
  {
    name: 'Node, fetch',
    kind: 'program',
    version: [process.execPath, '--version'],
    command: () => [process.execPath, of('examples/node/call.mjs')],
  },
  {
    name: 'curl',
    kind: 'program',
    http2: true,
    version: ['curl', '--version'],
    command: () => ['bash', of('examples/curl/call.sh')],
  },
  {
    name: 'Python',
    kind: 'program',
    version: ['python3', '--version'],
    command: () => ['python3', of('examples/python/call.py')],
  },
  {
    name: 'Java',
    kind: 'program',
    version: ['javac', '--version'],
    prepare: (folder) => ['javac', '-d', folder, of('examples/java/Call.java')],
    command: (folder) => ['java', '-XX:TieredStopAtLevel=1', '-cp', folder, 'Call'],
  },
  {
    name: 'Go',
    kind: 'program',
    http2: true,
    version: ['go', 'version'],
    prepare: (folder) => ['go', 'build', '-o', join(folder, 'call'), of('compat/programs/call.go')],
    command: (folder) => [join(folder, 'call')],
  },
  {
    name: 'Perl',
    kind: 'program',
    version: ['perl', '-v'],
    command: () => ['perl', of('compat/programs/call.pl')],
  },
  {
    name: 'PHP',
    kind: 'program',
    version: ['php', '--version'],
    command: () => ['php', of('examples/php/call.php')],
  },
  {
    name: 'Ruby',
    kind: 'program',
    version: ['ruby', '--version'],
    command: () => ['ruby', of('examples/ruby/call.rb')],
  },
];
