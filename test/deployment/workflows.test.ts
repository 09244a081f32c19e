import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freshFolder } from '../harness/fresh.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}
interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly container?: string;
  readonly environment?: string;
  readonly permissions?: Record<string, string>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Record<string, { readonly tags?: string[]; readonly branches?: string[] } | null>;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const read = (name: string): Workflow => parse(text(join('.github/workflows', name)));
/** The Node of the image, such as 24, and the oldest that the package supports, such as 20.19. */
const IMAGE = /^FROM node:(\d+)-/m.exec(text('Dockerfile'))?.[1];
const OLDEST = /^>=(\d+\.\d+)$/.exec(JSON.parse(text('package.json')).engines.node)?.[1];

const runsOf = (job: Job | undefined) => (job?.steps ?? []).flatMap(({ run }) => run ?? []);

describe.each(readdirSync(folder))('%s', (name) => {
  const { permissions, jobs } = read(name);
  const steps = Object.values(jobs).flatMap(({ steps }) => steps ?? []);

  it('may read the repository only', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  it('pins actions by commit, and persists no credentials', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    const kept = text(join('.github/workflows', name)).match(/persist-credentials: false/g);
    expect(kept).toHaveLength(actions.length);
  });

  it('puts no text that an outsider controls into a script', () => {
    // `${{ github.event… }}` in a script is text of the script: a title or a branch would be a command.
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('has a timeout', () => {
    const endless = Object.entries(jobs).filter(([, job]) => !job.uses && !job['timeout-minutes']);
    expect(endless.map(([job]) => job)).toEqual([]);
  });
});

describe('ci.yml', () => {
  const { on, jobs } = read('ci.yml');

  it('runs the tests on pushes and pull requests', () => {
    expect(on).toMatchObject({ push: { branches: ['main'] }, pull_request: null });
    expect(runsOf(jobs['test'])).toEqual(['.ci/run']);
    expect(existsSync(join(root, '.ci/run'))).toBe(true);
  });

  it('uses the Node version of .nvmrc', () => {
    expect(jobs['test']?.container).toBe(`node:${text('.nvmrc').trim()}-bookworm`);
  });
});

describe('nightly.yml', () => {
  const { on, jobs } = read('nightly.yml');

  it('tests on the Node of the image too, each night', () => {
    expect(Object.keys(on)).toContain('schedule');
    expect(jobs['node']?.strategy?.matrix.node).toContain(IMAGE);
    expect(runsOf(jobs['node'])).toEqual(['.ci/run']);
  });

  it('tests no unsupported Node version', () => {
    for (const version of jobs['node']?.strategy?.matrix.node ?? [])
      expect(Number(version)).toBeGreaterThanOrEqual(Math.floor(Number(OLDEST)));
  });
});

describe('.ci/run', () => {
  /** The last part of `.ci/run`, with scripts in place of `node` and `npx`. */
  async function onImage(node: string, npx: string): Promise<string> {
    const lines = text('.ci/run');
    const folder = await freshFolder();
    const programs = { node: `echo v${node}`, npx };
    for (const [name, script] of Object.entries(programs))
      await writeFile(join(folder, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    const script = `set -euo pipefail\n${lines.slice(lines.indexOf('[[ $(node -v) =='))}`;
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    return (await promisify(execFile)('bash', ['-c', script], { cwd: root, env })).stdout;
  }

  it('runs tests of the kinds that depend on Node on the Node of the image', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'node'), `#!/bin/bash\necho v${IMAGE}.1.0\n`, { mode: 0o755 });
    const npx = `case "$*" in *--package=node@${IMAGE}*) echo ${folder} ;; *) node -v; echo "$*" ;; esac`;
    const [version, command] = (await onImage(`${OLDEST}.0`, npx)).trim().split('\n');
    expect(version).toBe(`v${IMAGE}.1.0`);
    const folders = command?.match(/test\/\w+/g) ?? [];
    expect(folders).toEqual(expect.arrayContaining(['test/gate', 'test/http', 'test/client', 'test/stores']));
    expect(folders.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('reports if that Node cannot be fetched, and runs no test on another version', async () => {
    expect(await onImage(`${OLDEST}.0`, 'exit 1')).toContain(`Nothing ran on Node ${IMAGE}`);
    expect(await onImage(`${IMAGE}.1.0`, 'echo fetched')).toBe('');
  });
});

describe('docs/compatibility.md', () => {
  const page = text('docs/compatibility.md').replaceAll(/\s+/g, ' ');

  it('names the versions of the image, of package.json and of the workflows', () => {
    const nightly = new Intl.ListFormat('en-GB').format(
      read('nightly.yml').jobs['node']?.strategy?.matrix.node ?? [],
    );
    expect(page).toContain(`Keyseal runs on Node ${OLDEST} and later.`);
    expect(page).toContain(`use Node ${IMAGE}, as the image does. CI tests each change on Node ${OLDEST}`);
    expect(page).toContain(`what depends on Node most on Node ${IMAGE}:`);
    expect(page).toContain(`Each night everything runs on Node ${nightly}.`);
  });

  it('names the oldest version that CI tests as the oldest that is supported', () => {
    expect(text('.nvmrc').startsWith(`${OLDEST}.`)).toBe(true);
  });
});

describe('release.yml', () => {
  const { on, jobs } = read('release.yml');
  const { publish, ...others } = jobs;

  it('starts on a tag, and tests before it publishes', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(others).toEqual({ test: { uses: './.github/workflows/ci.yml' } });
    expect(publish).toMatchObject({ needs: 'test', environment: 'npm' });
  });

  it('publishes both packages with provenance', () => {
    expect(publish?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    const published = runsOf(publish).flatMap((run) => run.match(/npm publish.*/g) ?? []);
    expect(published).toHaveLength(2);
    for (const command of published)
      expect(command).toContain('--provenance --access public --ignore-scripts');
  });

  it('gives the token to the publishing step only', () => {
    const holders = publish?.steps?.filter(({ env }) => JSON.stringify(env ?? {}).includes('secrets.')) ?? [];
    expect(holders).toHaveLength(2);
    for (const { run } of holders) expect(run).toMatch(/npm publish/);
    for (const { run } of holders) expect(run).not.toMatch(/npm (ci|install|run)/);
  });
});
