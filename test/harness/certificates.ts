import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The PEM files of a certificate, which is its own authority. */
export interface CertificateFiles {
  readonly key: string;
  readonly certificate: string;
}

/**
 * Makes a certificate that is valid for two days.
 * @param folder for its files
 * @param name of the files
 * @param madeFor what it is made out for, such as `DNS:localhost`
 */
export function makeCertificate(folder: string, name: string, madeFor: string): CertificateFiles {
  const key = join(folder, `${name}.key`);
  const certificate = join(folder, `${name}.crt`);
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${madeFor}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  return { key, certificate };
}
