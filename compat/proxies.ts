import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProxy, startHaproxy, startNginx, startProxy } from '../test/harness/proxies.ts';

/** A proxy that Debian has, with the configuration that docs/operators/proxies.md shows. */
export interface TestedProxy {
  readonly name: string;
  /** Of compat/proxies. */
  readonly file: string;
  /** A command that prints its version. */
  readonly version: readonly [string, ...string[]];
  /** @param text writes the configuration for the port on which the proxy is to listen */
  readonly start: (text: (port: number) => string) => Promise<RunningProxy>;
}

/** Modules that Debian switches on by links; a separate configuration names them. */
const APACHE_MODULES = [...['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http']].map(
  (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
);

/** What Apache needs beside a virtual host. */
const apacheFile = (text: string, port: number, folder: string): string => `${APACHE_MODULES.join('\n')}
ServerRoot ${folder}
PidFile ${join(folder, 'pid')}
ErrorLog ${join(folder, 'error.log')}
ServerName localhost
Listen 127.0.0.1:${port}
${text}`;

export const PROXIES: readonly TestedProxy[] = [
  { name: 'nginx', file: 'nginx.conf', version: ['nginx', '-v'], start: startNginx },
  { name: 'HAProxy', file: 'haproxy.cfg', version: ['haproxy', '-v'], start: startHaproxy },
  {
    name: 'Caddy',
    file: 'Caddyfile',
    version: ['caddy', 'version'],
    start: (text) =>
      startProxy(
        'caddy',
        (file) => ['run', '--adapter', 'caddyfile', '--config', file],
        (port) => `{\n\tadmin off\n}\n${text(port)}`,
      ),
  },
  {
    name: 'Apache',
    file: 'apache.conf',
    version: ['apache2', '-v'],
    start: (text) =>
      startProxy(
        'apache2',
        (file) => ['-D', 'FOREGROUND', '-f', file],
        (port, folder) => apacheFile(text(port), port, folder),
      ),
  },
  {
    name: 'Varnish',
    file: 'varnish.vcl',
    version: ['varnishd', '-V'],
    start: (text) =>
      startProxy(
        'varnishd',
        (file, folder, port) => [
          '-F',
          '-j',
          'none',
          '-n',
          join(folder, 'run'),
          '-a',
          `127.0.0.1:${port}`,
          '-f',
          file,
        ],
        (port) => text(port),
      ),
  },
  {
    name: 'lighttpd',
    file: 'lighttpd.conf',
    version: ['lighttpd', '-v'],
    start: (text) =>
      startProxy(
        'lighttpd',
        (file) => ['-D', '-f', file],
        (port) => `server.bind = "127.0.0.1"\n${text(port)}`,
      ),
  },
  {
    name: 'nghttpx',
    file: 'nghttpx.conf',
    version: ['nghttpx', '--version'],
    start: (text) =>
      startProxy(
        'nghttpx',
        (file, folder) => ['--conf', file, `--errorlog-file=${join(folder, 'error.log')}`, '--workers=1'],
        (port) => text(port),
      ),
  },
];

/** The configuration of a proxy, as the page shows it. */
export const configurationOf = (proxy: TestedProxy): string =>
  readFileSync(join(import.meta.dirname, 'proxies', proxy.file), 'utf8');

/** Starts a proxy with its configuration. @param upstream the port of the service */
export function startConfigured(proxy: TestedProxy, upstream: number): Promise<RunningProxy> {
  const text = configurationOf(proxy);
  return proxy.start((port) =>
    text
      .replaceAll(/\b8080\b/g, String(port))
      .replace(/(127\.0\.0\.1[:,]|\.port = "|"port" => )3000\b/, `$1${upstream}`),
  );
}

/** The version that is installed, such as `1.22.1`; undefined if the program is absent. */
export function versionOf([command, ...options]: TestedProxy['version']): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, options, { encoding: 'utf8' });
  if (status !== 0) return;
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}
