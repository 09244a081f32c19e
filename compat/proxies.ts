import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../test/harness/lasting-port.ts';
import { listens, type RunningProxy, startHaproxy, startNginx, startProxy } from '../test/harness/proxies.ts';

/** A proxy that Debian has, with the configuration that docs/operators/proxies.md shows. */
export interface TestedProxy {
  readonly name: string;
  /** Of compat/proxies. */
  readonly file: string;
  /** A command that prints its version. */
  readonly version: readonly [string, ...string[]];
  /**
   * @param text writes the configuration for the port on which the proxy is to listen
   * @param inner the port at which it accepts what `tls` passes on, with the PROXY protocol
   */
  readonly start: (text: (port: number) => string, inner: number) => Promise<RunningProxy>;
  /** The program that terminates TLS in front of a proxy that has no TLS itself. */
  readonly tls?: Omit<TestedProxy, 'tls' | 'start'> & {
    readonly start: (text: (port: number) => string) => Promise<RunningProxy>;
  };
}

/** Modules that Debian switches on by links; a separate configuration names them. */
const APACHE_MODULES = [
  'mpm_event',
  'authz_core',
  'headers',
  'http2',
  'macro',
  'proxy',
  'proxy_http',
  'ssl',
].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);

/** What Apache needs besides virtual hosts. */
function apacheFile(text: string, folder: string): string {
  const ports = [...text.matchAll(/<VirtualHost \*:(\d+)>/g)].map(([, port]) => `Listen 127.0.0.1:${port}`);
  return `${APACHE_MODULES.join('\n')}
ServerRoot ${folder}
PidFile ${join(folder, 'pid')}
ErrorLog ${join(folder, 'error.log')}
ServerName localhost
${ports.join('\n')}
${text}`;
}

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
        (port) => `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text(port)}`,
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
        (port, folder) => apacheFile(text(port), folder),
      ),
  },
  {
    name: 'Varnish',
    file: 'varnish.vcl',
    version: ['varnishd', '-V'],
    start: (text, inner) =>
      startProxy(
        'varnishd',
        (file, folder, port) => [
          ...['-F', '-j', 'none', '-n', join(folder, 'run'), '-f', file, '-p', 'feature=+http2'],
          // Longer than a sender may pause.
          ...['-p', 'timeout_idle=60'],
          ...['-a', `127.0.0.1:${port}`, '-a', `127.0.0.1:${inner},PROXY`],
        ],
        (port) => text(port),
      ),
    tls: {
      name: 'hitch',
      file: 'hitch.conf',
      version: ['hitch', '--version'],
      start: (text) =>
        startProxy(
          'hitch',
          (file) => ['--config', file],
          // As root it refuses to run without another user.
          (port) => (process.getuid?.() === 0 ? `user = "nobody"\n${text(port)}` : text(port)),
        ),
    },
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
  {
    name: 'h2o',
    file: 'h2o.conf',
    version: ['h2o', '--version'],
    start: (text) =>
      startProxy(
        'h2o',
        (file) => ['--conf', file],
        // As root it would become another user, who may not read the certificate.
        (port) => (process.getuid?.() === 0 ? `user: root\n${text(port)}` : text(port)),
      ),
  },
  {
    name: 'Squid',
    file: 'squid.conf',
    version: ['squid', '-v'],
    start: (text) =>
      startProxy(
        'squid',
        (file) => ['-N', '-f', file],
        (port) =>
          `${['pid_filename none', 'access_log none', 'cache_log /dev/null', 'shutdown_lifetime 0 seconds'].join('\n')}\n${text(port)}`,
      ),
  },
];

/** The configuration of a proxy, as the page shows it. */
export const configurationOf = ({ file }: Pick<TestedProxy, 'file'>): string =>
  readFileSync(join(import.meta.dirname, 'proxies', file), 'utf8');

/** A proxy that runs, with the port at which it speaks TLS. */
export interface ConfiguredProxy extends RunningProxy {
  /** Undefined for a proxy without TLS. */
  readonly tlsPort?: number;
}

/** The ports of a proxy, in addition to its own. */
interface Ports {
  readonly upstream: number;
  readonly tls: number;
  /** Between a proxy and what terminates TLS in front of it. */
  readonly inner: number;
}

/**
 * Starts a proxy with its configuration.
 * @param upstream the port of the service
 * @param certificates the path of its certificate and key, without an extension
 */
export async function startConfigured(
  proxy: TestedProxy,
  upstream: number,
  certificates: string,
): Promise<ConfiguredProxy> {
  const ports = { upstream, tls: await freePort(), inner: await freePort() };
  const text = configurationOf(proxy);
  const running = await proxy.start((port) => configured(text, port, ports, certificates), ports.inner);
  if (proxy.tls) return withTls(running, proxy.tls, ports, certificates);
  if (!text.includes('8443')) return running;
  if (await listens(ports.tls)) return { ...running, tlsPort: ports.tls };
  await running.stop();
  throw new Error(`${proxy.name} does not listen for TLS`);
}

/** Starts what terminates TLS in front of a proxy, if it is installed. */
async function withTls(
  running: RunningProxy,
  tls: NonNullable<TestedProxy['tls']>,
  ports: Ports,
  certificates: string,
): Promise<ConfiguredProxy> {
  if (versionOf(tls.version) === undefined) return running;
  const text = configurationOf(tls);
  const front = await tls
    .start((port) => configured(text, port, { ...ports, tls: port }, certificates))
    .catch(async (error) => {
      await running.stop();
      throw error;
    });
  const stop = async () => {
    await front.stop();
    await running.stop();
  };
  return { ...running, tlsPort: front.port, stop };
}

/** A configuration with the ports and the certificate of this run. */
const configured = (text: string, port: number, { upstream, tls, inner }: Ports, certificates: string) =>
  text
    .replaceAll(/\b8080\b/g, String(port))
    .replaceAll(/\b8081\b/g, String(inner))
    .replaceAll(/\b8443\b/g, String(tls))
    .replaceAll('/etc/ssl/keyseal', certificates)
    .replace(/(127\.0\.0\.1(?:[:,]| parent )|\.port = "|"port" => )3000\b/, `$1${upstream}`);

/** The version that is installed, such as `1.22.1`; undefined if the program is absent. */
export function versionOf([command, ...options]: TestedProxy['version']): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, options, { encoding: 'utf8' });
  if (status !== 0) return;
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}
