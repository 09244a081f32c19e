import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

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

const read = (name: string): Workflow => parse(readFileSync(join(folder, name), 'utf8'));
const runsOf = (job: Job | undefined) => (job?.steps ?? []).flatMap(({ run }) => run ?? []);

describe.each(readdirSync(folder))('%s', (name) => {
  const { permissions, jobs } = read(name);
  const steps = Object.values(jobs).flatMap(({ steps }) => steps ?? []);

  it('may read the repository, and no more', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  it('uses actions by their commits, and leaves no credentials behind', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text.match(/persist-credentials: false/g)).toHaveLength(actions.length);
  });

  it('puts nothing into a script that a stranger may write', () => {
    // `${{ github.event… }}` in a script is text of the script: a title or a branch would be a command.
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('ends by itself', () => {
    const endless = Object.entries(jobs).filter(([, job]) => !job.uses && !job['timeout-minutes']);
    expect(endless.map(([job]) => job)).toEqual([]);
  });
});

describe('ci.yml', () => {
  const { on, jobs } = read('ci.yml');

  it('runs the test command of a clean machine for what is pushed and what is proposed', () => {
    expect(on).toMatchObject({ push: { branches: ['main'] }, pull_request: null });
    expect(runsOf(jobs['test'])).toEqual(['.ci/run']);
    expect(existsSync(join(root, '.ci/run'))).toBe(true);
  });

  it('takes the Node of .nvmrc', () => {
    const version = readFileSync(join(root, '.nvmrc'), 'utf8').trim();
    expect(jobs['test']?.container).toBe(`node:${version}-bookworm`);
  });
});

describe('nightly.yml', () => {
  const { on, jobs } = read('nightly.yml');

  it('tests on the Node of the image too, each night', () => {
    expect(Object.keys(on)).toContain('schedule');
    const image = /^FROM node:(\d+)-/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
    expect(jobs['node']?.strategy?.matrix.node).toContain(image);
    expect(runsOf(jobs['node'])).toEqual(['.ci/run']);
  });

  it('tests no Node that the package does not support', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const oldest = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
    for (const version of jobs['node']?.strategy?.matrix.node ?? [])
      expect(Number(version)).toBeGreaterThanOrEqual(oldest);
  });
});

describe('release.yml', () => {
  const { on, jobs } = read('release.yml');
  const { publish, ...others } = jobs;

  it('begins with a tag, and tests before it publishes', () => {
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

  it('hands the token to nothing but what publishes', () => {
    const holders = publish?.steps?.filter(({ env }) => JSON.stringify(env ?? {}).includes('secrets.')) ?? [];
    expect(holders).toHaveLength(2);
    for (const { run } of holders) expect(run).toMatch(/npm publish/);
    for (const { run } of holders) expect(run).not.toMatch(/npm (ci|install|run)/);
  });
});
