import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject, test } from 'vitest';
import { EVERYTHING_REQUIRED, POSTGRES_ABSENT } from './provided.ts';

/** `npm ci` in examples/runtimes brings other runtimes, test runners and validation libraries. */
export const RUNTIMES: string = join(
  import.meta.dirname,
  ...['..', '..', 'examples', 'runtimes', 'node_modules'],
);

/** A program of examples/runtimes. */
export const programOf = (name: 'bun' | 'deno' | 'jest' | 'workerd'): string => join(RUNTIMES, '.bin', name);

/** Validation libraries of examples/runtimes, in addition to those that every developer has. */
export const VALIDATORS = ['runtypes', 'effect', 'effect-3', 'superstruct', 'yup', 'joi'] as const;

/** A call of each tool that succeeds where it works; a name on the PATH may be a shim without anything behind. */
const PROBES = {
  openssl: [['openssl', 'version']],
  pgbouncer: [['pgbouncer', '--version']],
  pgpool: [['pgpool', '--version']],
  // A server with pg_dump, of Debian's package: the embedded Postgres has none.
  'postgresql-15': [['/usr/lib/postgresql/15/bin/initdb', '--version']],
  nginx: [['nginx', '-v']],
  haproxy: [['haproxy', '-v']],
  python3: [['python3', '--version']],
  // Of PyPI, with requests: signatures of RFC 9421.
  'http-message-signatures': [['python3', '-c', 'import http_message_signatures, requests']],
  // Of PyPI, which the one before needs too: private keys.
  cryptography: [['python3', '-c', 'import cryptography']],
  xxd: [['xxd', '--version']],
  // Of PyPI: the schemas of Kubernetes.
  'kubernetes-validate': [['kubernetes-validate', '--help']],
  curl: [['curl', '--version']],
  // Of PyPI: it sends with --raw from version 3 on.
  httpie: [['http', '--version']],
  bash: [['bash', '--version']],
  // Only as root.
  mount: [
    ['sh', '-c', 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s'],
  ],
  // It builds a library of crates.io, which takes minutes the first time.
  cargo: [['cargo', '--version']],
  // It builds a module of the Go proxy.
  go: [['go', 'version']],
  jq: [['jq', '--version']],
  // It has no option that only prints something.
  'ssh-keygen': [
    ['sh', '-c', 'd=$(mktemp -d) && ssh-keygen -q -t ed25519 -N "" -f "$d/k"; s=$?; rm -r "$d"; exit $s'],
  ],
  script: [['script', '--version']],
  // With the compiler, which a runtime alone does not have: a source file is run by it.
  java: [['java', '--module', 'jdk.compiler/com.sun.tools.javac.Main', '--version']],
  php: [['php', '--version']],
  ruby: [['ruby', '--version']],
  bun: [[programOf('bun'), '--version']],
  deno: [[programOf('deno'), '--version']],
  jest: [[programOf('jest'), '--version']],
  workerd: [[programOf('workerd'), '--version']],
  browser: [
    ['chromium-headless-shell', '--version'],
    ['chromium', '--version'],
    ['google-chrome', '--version'],
  ],
} as const satisfies Record<string, readonly (readonly [string, ...string[]])[]>;

/** `npm ci` in examples/next brings it. */
export const NEXT: string = join(import.meta.dirname, '..', '..', 'examples', 'next');

/** `test/harness/keycloak/install` brings it. */
export const KEYCLOAK: string = join(import.meta.dirname, 'keycloak', 'target');

type Tool = keyof typeof PROBES | 'postgres' | 'next' | 'keycloak' | (typeof VALIDATORS)[number];

/**
 * What declares tests that need tools beyond Node: `requires('openssl', 'bash').describe('…', () => { … })`.
 * Where one is absent they are skipped, hooks too, and the reporter prints why; with
 * `KEYSEAL_TEST_REQUIRE=all` one failing test takes their place.
 */
export function requires(...tools: readonly Tool[]) {
  const absent = tools.filter((tool) => !present(tool));
  if (absent.length === 0) return { describe, test };
  const reason = absent
    .map((tool) => (tool === 'postgres' ? POSTGRES_ABSENT : `${tool} is not installed`))
    .join(', ');
  // Where everything is required, it is still not run by root.
  const mayLack = absent.every((tool) => tool === 'mount') && process.getuid?.() !== 0;
  return without(reason, EVERYTHING_REQUIRED && !mayLack);
}

/** The same for a reason that no probe can find. @param reason why the tests cannot run here */
export function without(reason: string, mustRun: boolean = EVERYTHING_REQUIRED) {
  const replacement = mustRun ? fails(reason) : null;
  return {
    describe: (name: string, body: () => void) =>
      replacement ? replacement(name) : describe.skip(name, { meta: { skipReason: reason } }, body),
    test: (name: string, body: () => Promise<void> | void) =>
      replacement ? replacement(name) : test.skip(name, { meta: { skipReason: reason } }, body),
  };
}

function fails(reason: string) {
  return (name: string) =>
    test(name, () => {
      throw new Error(`${reason}, and KEYSEAL_TEST_REQUIRE=all`);
    });
}

const known = new Map<Tool, boolean>();

function present(tool: Tool): boolean {
  const answer = known.get(tool) ?? probe(tool);
  known.set(tool, answer);
  return answer;
}

const isValidator = (tool: Tool): tool is (typeof VALIDATORS)[number] =>
  VALIDATORS.some((name) => name === tool);

function probe(tool: Tool): boolean {
  if (tool === 'postgres') return inject('postgresUrl') !== null;
  if (isValidator(tool)) return existsSync(join(RUNTIMES, tool));
  if (tool === 'next') return existsSync(join(NEXT, 'node_modules', 'next'));
  if (tool === 'keycloak') return existsSync(KEYCLOAK) && present('java');
  return PROBES[tool].some(([command, ...options]) => spawnSync(command, options).status === 0);
}
