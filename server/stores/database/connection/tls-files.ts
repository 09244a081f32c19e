import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '../../../lib/config.ts';

/** A certificate and its private key, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

type Parameter = 'sslrootcert' | 'sslcert' | 'sslkey';

const nameOf = (parameter: Parameter, path: string) => `The ${parameter} of DATABASE_URL, "${path}",`;

function readFile(parameter: Parameter, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `${nameOf(parameter, path)} cannot be read (${code}). Correct the path, or let this user read the file.`,
    );
  }
}

const PEM = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/;

/** The certificates in a file. @throws ConfigError */
export function readCertificates(parameter: 'sslrootcert' | 'sslcert', path: string): string {
  const text = readFile(parameter, path);
  // Node ignores input that is not a certificate, and then trusts no authority.
  if (PEM.test(text)) return text;
  const whose = parameter === 'sslrootcert' ? 'of the authority' : 'of the certificate for Keyseal';
  throw new ConfigError(`${nameOf(parameter, path)} contains no certificate. Give it the PEM file ${whose}.`);
}

/** The certificate that Keyseal presents to Postgres. @throws ConfigError */
export function readClientCertificate({
  sslcert,
  sslkey,
}: Readonly<Record<'sslcert' | 'sslkey', string | undefined>>): ClientCertificate {
  if (sslcert === undefined || sslkey === undefined)
    throw new ConfigError('DATABASE_URL requires sslcert and sslkey together.');
  const cert = readCertificates('sslcert', sslcert);
  const key = readFile('sslkey', sslkey);
  if (!isKeyOf(cert, key, nameOf('sslkey', sslkey)))
    throw new ConfigError(`${nameOf('sslkey', sslkey)} is not the key of the certificate in sslcert.`);
  return { cert, key };
}

function isKeyOf(cert: string, key: string, keyFile: string): boolean {
  let privateKey: ReturnType<typeof createPrivateKey>;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw new ConfigError(`${keyFile} contains no private key in PEM that can be read without a passphrase.`);
  }
  try {
    return new X509Certificate(cert).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}
