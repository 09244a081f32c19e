import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { discover } from '../../server/stores/issuers/discovery.ts';
import { fetchKeySet } from '../../server/stores/issuers/key-set-document.ts';
import { freshFolder } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const DISCOVERY = '/.well-known/openid-configuration';
const ENDPOINTS = [
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'pushed_authorization_request_endpoint',
];

/** A service of the internal network, which trusts whoever reaches it. */
let internal: Server;
let inside = '';
let reached = 0;
beforeAll(async () => {
  internal = createHttpServer((_, response) => {
    reached++;
    response.end('{"keys":[]}');
  });
  inside = `http://127.0.0.1:${await listen(internal)}`;
});
afterAll(() => internal.close());
beforeEach(() => {
  reached = 0;
});

requires('openssl').describe('an issuer with TLS cannot lead to the internal network', () => {
  let server: Server;
  let issuer = '';
  let answer: RequestListener = () => {};
  beforeAll(async () => {
    const folder = await freshFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['-keyout', key, '-out', cert, '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...made], {
      stdio: 'ignore',
    });
    // A connection that a test keeps open would spare the next one the check of the certificate.
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) =>
      answer(request, response.setHeader('connection', 'close')),
    );
    issuer = `https://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => server.close());
  // The certificate of the test is its own; the last test is without this.
  beforeEach(() => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const publish = (members: object) => {
    const right = { issuer, jwks_uri: `${issuer}/keys` };
    answer = (_, response) => void response.end(JSON.stringify({ ...right, ...members }));
  };

  it.each(ENDPOINTS)('by %s', async (name) => {
    for (const url of [`${inside}/admin`, 'http://169.254.169.254/latest/meta-data/']) {
      publish({ [name]: url });
      await expect(discover(issuer)).rejects.toThrow(`names a ${name} without TLS`);
      await expect(fetchKeySet(issuer, null)).rejects.toThrow(`names a ${name} without TLS`);
    }
    expect(reached).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])('by a redirect with %i', async (status) => {
    answer = (_, response) => void response.writeHead(status, { location: `${inside}/admin` }).end();
    await expect(discover(issuer)).rejects.toThrow('does not respond');
    await expect(fetchKeySet(issuer, `${issuer}/keys`)).rejects.toThrow('does not respond');
    expect(reached).toBe(0);
  });

  it('and is not believed without a valid certificate', async () => {
    vi.unstubAllEnvs();
    publish({});
    await expect(discover(issuer)).rejects.toThrow('does not respond (DEPTH_ZERO_SELF_SIGNED_CERT)');
  });
});

describe('metadata', () => {
  let server: Server;
  let issuer = '';
  let answer: RequestListener = () => {};
  beforeAll(async () => {
    server = createHttpServer((request, response) => answer(request, response));
    issuer = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const publish = (members: object) => {
    answer = (_, response) =>
      void response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...members }));
  };

  it.each(ENDPOINTS)(
    'whose %s is no web address are refused: a browser would run or open it',
    async (name) => {
      for (const url of ['javascript:alert(1)', 'data:text/html,hello', 'file:///etc/passwd', '/keys']) {
        publish({ [name]: url });
        await expect(discover(issuer)).rejects.toThrow(`has no URL in ${name}`);
      }
      publish({ [name]: 7 });
      await expect(discover(issuer)).rejects.toThrow();
    },
  );

  it.each<[string, RequestListener, RegExp]>([
    [
      'of another issuer',
      (_, r) => void r.end('{"issuer":"https://x.example","jwks_uri":"https://x.example/k"}'),
      /describes the issuer/,
    ],
    [
      'without an issuer',
      (_, r) => void r.end('{"jwks_uri":"https://x.example/k"}'),
      /does not have the form of the document/,
    ],
    ['that are a list', (_, r) => void r.end('[]'), /does not have the form of the document/],
    ['that are no JSON', (_, r) => void r.end('<html>'), /does not have the form of the document/],
    [
      'without end',
      (_, r) => void r.end(`{"issuer":"${'x'.repeat(300_000)}"}`),
      /is larger than 262144 bytes/,
    ],
    ['that break off', (_, r) => void r.destroy(), /does not respond/],
    ['with 500', (_, r) => void r.writeHead(500).end(), /responds with 500/],
    ['with 404', (_, r) => void r.writeHead(404).end(), /responds with 404/],
  ])('%s are refused', async (_, how, sentence) => {
    answer = how;
    await expect(discover(issuer)).rejects.toThrow(sentence);
  });

  it('that arrive a byte at a time are given up after five seconds', { timeout: 20_000 }, async () => {
    answer = (_, response) => {
      const drip = setInterval(() => response.write(' '), 100);
      response.once('close', () => clearInterval(drip));
    };
    const begun = performance.now();
    await expect(discover(issuer)).rejects.toThrow('does not respond');
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('are read at one address, whatever the name of the issuer ends with', async () => {
    const asked: (string | undefined)[] = [];
    answer = ({ url }, response) => {
      asked.push(url);
      response.writeHead(404).end();
    };
    for (const name of [issuer, `${issuer}/`, `${issuer}/realms/a`, `${issuer}/realms/a/`])
      await discover(name).catch(() => {});
    expect(asked).toEqual([DISCOVERY, DISCOVERY, `/realms/a${DISCOVERY}`, `/realms/a${DISCOVERY}`]);
  });
});
