import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate for `localhost`, and what makes clients trust it. */
export interface Certificates {
  /** The path that the configurations write as `/etc/ssl/keyseal`: `.crt`, `.key`, and `.pem` with both. */
  readonly path: string;
  /** The certificate of the CA, PEM. */
  readonly ca: string;
  /** The variables by which each runtime reads it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a CA and a certificate that it signs, both for one day and with `openssl`. @param parent of a new folder */
export function makeCertificates(parent: string): Certificates {
  const folder = join(parent, 'certificates');
  mkdirSync(folder);
  const run = (command: string, ...options: readonly string[]) =>
    execFileSync(command, options, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run('openssl', ...['req', '-x509', ...key, '-days', '1', '-subj', '/CN=Keyseal compat'], ...pair('ca'));
  run(
    'openssl',
    ...['req', ...key, '-subj', '/CN=localhost'],
    '-keyout',
    'keyseal.key',
    '-out',
    'request.pem',
  );
  writeFileSync(join(folder, 'extensions'), 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n');
  const issuer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions'];
  run('openssl', ...['x509', '-req', '-in', 'request.pem', '-days', '1', ...issuer, '-out', 'keyseal.crt']);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, 'keyseal.pem'), read('keyseal.crt') + read('keyseal.key'), { mode: 0o600 });
  return {
    path: join(folder, 'keyseal'),
    ca: read('ca.crt'),
    env: { ...trustOf(join(folder, 'ca.crt')), ...javaTrust(folder, run) },
  };
}

const pair = (name: string): string[] => ['-keyout', `${name}.key`, '-out', `${name}.crt`];

const trustOf = (file: string): Record<string, string> =>
  // Node and Bun, Deno, OpenSSL (Python, Ruby, PHP, Perl) and Go, curl.
  Object.fromEntries(
    ['NODE_EXTRA_CA_CERTS', 'DENO_CERT', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE'].map((name) => [name, file]),
  );

/** Java has its own key store; its compiler comes with the tool that makes one. */
function javaTrust(folder: string, run: (command: string, ...options: string[]) => unknown) {
  const store = ['-keystore', 'ca.p12', '-storetype', 'PKCS12', '-storepass', 'keyseal'];
  try {
    run('keytool', '-importcert', '-noprompt', '-alias', 'ca', '-file', 'ca.crt', ...store);
  } catch {
    return {};
  }
  const trust = { trustStore: join(folder, 'ca.p12'), trustStorePassword: 'keyseal' };
  const options = Object.entries(trust).map(([name, value]) => `-Djavax.net.ssl.${name}=${value}`);
  return { JDK_JAVA_OPTIONS: options.join(' ') };
}
