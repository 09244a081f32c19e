import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { packClient, packService } from '../harness/packed.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const bin = (path: string) => join(root, 'node_modules', path);

describe.each([
  ['keyseal', packService, ['keyseal', 'keyseal/client']],
  [
    '@keyseal/client',
    packClient,
    ['', '/sign', '/session', '/guard'].map((entry) => `@keyseal/client${entry}`),
  ],
] as const)('the package %s', (_, pack, entries) => {
  let tarball: string;
  beforeAll(async () => {
    tarball = await pack();
  });

  it('has no finding of publint', async () => {
    const { stdout } = await run(process.execPath, [bin('publint/src/cli.js'), tarball, '--strict']);
    expect(stdout).toContain('All good!');
  });

  it('has types that resolve wherever its modules do', async () => {
    const cli = bin('@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await run(process.execPath, [cli, tarball, '--profile', 'esm-only', '--no-color']);
    for (const entry of entries) expect(stdout).toContain(`"${entry}"`);
  });

  it('has a licence, a readme, and no sources, tests or measurements', async () => {
    const { stdout } = await run('tar', ['tzf', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']),
    );
    expect(files.filter((path) => /(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
    expect(files.filter((path) => /\/(?:test|bench|examples|docs)\//.test(path))).toEqual([]);
    expect(files.filter((path) => /\.(?:env|pem|tgz)$|\/data\//.test(path))).toEqual([]);
  });
});

describe('the manifests', () => {
  const service = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const client = JSON.parse(readFileSync(join(root, 'client/manifest.json'), 'utf8'));

  it('let the service be published, publicly and with provenance', () => {
    expect(service.private).toBeUndefined();
    expect(service.publishConfig).toEqual({ access: 'public', provenance: true });
  });

  it('leave publishing out of the client, so that a custom service can pack its own', () => {
    expect(Object.keys(client)).not.toEqual(expect.arrayContaining(['publishConfig']));
    expect(Object.keys(client)).not.toEqual(expect.arrayContaining(['repository']));
  });

  it('support the same Node', () => {
    expect(client.engines).toEqual(service.engines);
  });
});
