import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { VERSION } from '../../server/lib/package-root.ts';
import { CommandError, EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import { type ClientPackage, writeClientPackage } from './client-package.ts';
import { declarationsOf } from './declarations.ts';

export function addGenerateClient(program: Command): void {
  withJson(program.command('generate-client'))
    .description(
      'Pack a typed client for Keyseal’s procedures and, with --routes, for your own. Its types import nothing from the server',
    )
    .option('--routes <module>', 'the TypeScript module that exports your procedures as routes')
    .option('--project <tsconfig>', 'the tsconfig.json that compiles it', 'tsconfig.json')
    .option(
      '--name <package>',
      'name of the client package; default: @keyseal/client, or the name of your package with -client',
    )
    .option(
      '--set-version <version>',
      'version of the client package; default: that of Keyseal or of your package',
    )
    .option('--out <folder>', 'folder for the tarball', '.')
    .action(generate);
}

interface GenerateOptions extends JsonOption {
  readonly routes?: string;
  readonly project: string;
  readonly name?: string;
  readonly setVersion?: string;
  readonly out: string;
}

async function generate({ routes, project, out, json = false, ...given }: GenerateOptions): Promise<void> {
  const work = await mkdtemp(join(resolve(tmpdir()), 'keyseal-client-'));
  try {
    const custom = routes === undefined ? null : await declarationsOf(routes, project, join(work, 'types'));
    const identity = await identityOf(given, custom !== null);
    await mkdir(join(work, 'package'));
    await writeClientPackage(join(work, 'package'), { ...identity, custom });
    const file = await pack(work, resolve(out));
    printResult({ json }, { ...identity, file }, `${identity.name} ${identity.version}: ${file}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** npm's rules for names, and the rules of semantic versions. */
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

async function identityOf(
  { name, setVersion }: Pick<GenerateOptions, 'name' | 'setVersion'>,
  custom: boolean,
): Promise<Pick<ClientPackage, 'name' | 'version'>> {
  const manifest = custom ? await manifestOfFolder() : {};
  const identity = {
    name: name ?? (custom ? `${manifest.name ?? 'api'}-client` : '@keyseal/client'),
    version: setVersion ?? manifest.version ?? VERSION,
  };
  if (!NAME.test(identity.name))
    throw new CommandError(`"${identity.name}" is not a valid package name.`, EXIT.usage);
  if (!SEMVER.test(identity.version)) {
    throw new CommandError(`"${identity.version}" is not a version such as 1.0.0.`, EXIT.usage);
  }
  return identity;
}

async function manifestOfFolder(): Promise<{ name?: string; version?: string }> {
  return readFile('package.json', 'utf8').then(
    (text) => JSON.parse(text),
    () => ({}),
  );
}

/**
 * Runs `npm pack` on the folder `package` inside a temporary folder.
 * @returns the path of the tarball
 */
async function pack(work: string, out: string): Promise<string> {
  await mkdir(out, { recursive: true });
  const args = ['pack', join(work, 'package'), '--pack-destination', out, '--json', '--ignore-scripts'];
  // The home directory of a service's system user may be missing or read-only.
  args.push('--cache', join(work, 'cache'), '--no-update-notifier');
  const { stdout } = await promisify(execFile)('npm', args, { shell: process.platform === 'win32' }).catch(
    (error: NodeJS.ErrnoException & { stderr?: string }) => {
      if (error.syscall !== undefined) throw error;
      throw new CommandError(`npm pack failed:\n${error.stderr?.trim() || error.message}`);
    },
  );
  const [{ filename }] = JSON.parse(stdout);
  return join(out, filename);
}
