import { existsSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/lib/config.ts';
import { Variables } from '../../server/lib/env-schema.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** Instructions of the Dockerfile, comments left out. */
const instructions = read('Dockerfile')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const);
const of = (name: string) => instructions.filter(([word]) => word === name).map(([, rest]) => rest);
const imageEnv = Object.fromEntries(of('ENV').map((line) => line.split('=') as [string, string]));

interface ComposeService {
  readonly environment: Record<string, string>;
  readonly networks: unknown;
  readonly image: string;
  readonly build?: string;
  readonly volumes?: string[];
  readonly ports?: string[];
}
const composeText = read('compose.yaml');
const compose: {
  services: Record<string, ComposeService>;
  networks: { inside: { ipam: { config: { subnet: string }[] } } };
  volumes: Record<string, unknown>;
} = parse(composeText, { merge: true });
const instances = Object.entries(compose.services).filter(([, { build }]) => build === '.');

/** What an operator gives. */
const GIVEN: Record<string, string> = {
  DOMAIN: 'api.example.com',
  POSTGRES_PASSWORD: 'hunter2',
  KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
};
const filled = (text: string) =>
  text.replace(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => GIVEN[name] ?? `<${name}>`);
const envOf = ({ environment }: ComposeService) => ({
  ...imageEnv,
  ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(String(value))])),
});

describe('Dockerfile', () => {
  it('uses a Node version that package.json allows', () => {
    const [major = 0, minor = 0] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node)?.slice(1).map(Number) ?? [];
    const tags = of('FROM').map((line) => /^node:(\d+)(?:\.(\d+))?-/.exec(line));
    expect(tags).toHaveLength(2);
    for (const tag of tags) {
      const version = Number(tag?.[1]) * 1000 + Number(tag?.[2] ?? 999);
      expect(version).toBeGreaterThanOrEqual(major * 1000 + minor);
    }
  });

  it('copies existing files, and ships those of the package', () => {
    const sources = of('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const shipped = of('COPY').flatMap((line) => /^--from=build \/app\/(\S+)/.exec(line)?.[1] ?? []);
    const files = manifest.files.filter((path: string) => !path.startsWith('!'));
    expect(shipped).toEqual(expect.arrayContaining([...files, 'package.json', 'node_modules']));
    // All rooms that the build reads.
    expect(sources).toEqual(expect.arrayContaining(JSON.parse(read('tsconfig.build.json')).include));
  });

  it('starts the program of package.json, and not as root', () => {
    // With the options of `npm start`.
    const options = manifest.scripts.start.split(' ').filter((word: string) => word.startsWith('--'));
    const begins = JSON.stringify(['node', ...options, manifest.bin.keyseal]).replaceAll(',', ', ');
    expect(of('ENTRYPOINT')).toEqual([begins]);
    expect(of('USER')).toEqual(['node']);
  });

  it('keeps secrets and build products out of the image', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const path of ['.env', '.git', 'data', 'node_modules', 'dist']) expect(ignored).toContain(path);
  });
});

describe('compose.yaml', () => {
  it('sets existing variables, the same for both instances', () => {
    expect(instances).toHaveLength(2);
    const [one, other] = instances.map(([, service]) => envOf(service));
    expect(one).toEqual(other);
    const unknown = Object.keys(one ?? {}).filter((name) => !(name in Variables.shape));
    expect(unknown).toEqual([]);
  });

  it('sets what production requires: the configuration is valid', () => {
    for (const [, service] of instances) {
      const config = readConfig(envOf(service));
      expect(config).toMatchObject({
        production: true,
        host: '0.0.0.0',
        port: 3000,
        publicOrigins: ['https://api.example.com'],
        databaseUrl: 'postgres://keyseal:hunter2@database:5432/keyseal',
        signUp: 'first',
        demo: false,
      });
    }
  });

  it('has /metrics on a port that is not reachable from outside', () => {
    const ports = instances.map(([, service]) => readConfig(envOf(service)).metricsPort);
    expect(ports).toEqual([9464, 9464]);
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(['80:80', '443:443']);
    expect(read('Caddyfile')).not.toContain('9464');
  });

  it('has a proxy that closes idle connections before Keyseal does', () => {
    const [, seconds] = /transport http \{\s*(?:#.*\s*)*keepalive (\d+)s\s*\}/.exec(read('Caddyfile')) ?? [];
    for (const [, service] of instances)
      expect(Number(seconds)).toBeLessThan(readConfig(envOf(service)).keepAliveSeconds);
  });

  it('requires every secret, and contains none', () => {
    const asked = [...composeText.matchAll(/\$\{(\w+)(.*?)\}/g)];
    expect(new Set(asked.map(([, name]) => name))).toEqual(new Set(Object.keys(GIVEN)));
    for (const [, , rest = ''] of asked) expect(rest).toMatch(/^:\?/);
  });

  it('trusts the proxy’s address only', () => {
    const [, network = ''] =
      /^([\d.]+\.)0\/24$/.exec(compose.networks.inside.ipam.config[0]?.subnet ?? '') ?? [];
    const { networks } = compose.services['proxy'] as { networks: { inside: { ipv4_address: string } } };
    const address = networks.inside.ipv4_address;
    expect(isIPv4(address) && address.startsWith(network)).toBe(true);
    for (const [, service] of instances) {
      const { trustedProxies } = readConfig(envOf(service));
      const trusted = Array.from({ length: 256 }, (_, n) => `${network}${n}`).filter((one) =>
        trustedProxies?.has(one),
      );
      expect(trusted).toEqual([address]);
    }
  });

  it('keeps the database on a volume', () => {
    expect(compose.services['database']?.volumes).toEqual(['database:/var/lib/postgresql']);
    expect(Object.keys(compose.volumes)).toContain('database');
  });
});

describe('Caddyfile', () => {
  const lines = read('Caddyfile')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('balances over both instances, and checks their readiness', () => {
    const [upstreams = ''] = lines.flatMap((line) => /^reverse_proxy (.*) \{$/.exec(line)?.[1] ?? []);
    expect(upstreams.split(' ')).toEqual(instances.map(([name]) => `${name}:${imageEnv['PORT']}`));
    expect(lines).toContain('health_uri /readyz');
  });

  it('sets exactly one x-forwarded-host and x-forwarded-for, in place of those that were sent', () => {
    const headers = lines.filter((line) => line.startsWith('header_up')).map((line) => line.toLowerCase());
    expect(headers).toEqual([
      'header_up x-forwarded-host {http.request.hostport}',
      'header_up x-forwarded-for {http.request.remote.host}',
    ]);
  });

  it('changes neither request line, headers nor body, and retries nothing', () => {
    const directives = lines.map((line) => line.split(' ', 1)[0]);
    const known = [
      '{$DOMAIN}',
      'reverse_proxy',
      'header_up',
      'lb_policy',
      'lb_retries',
      'health_uri',
      'health_interval',
      'flush_interval',
      'transport',
      'keepalive',
      '}',
    ];
    expect(directives.filter((name = '') => !known.includes(name))).toEqual([]);
    expect(lines).toContain('lb_retries 0');
  });

  it('gets the name that it serves from the environment', () => {
    expect(compose.services['proxy']?.environment).toHaveProperty('DOMAIN');
    expect(compose.services['proxy']?.volumes).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro');
  });
});
