import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/harness/lasting-port.ts';
import { type Cell, callThrough, type Installed, isTried, tlsNameOf, type Way } from './cells.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import type { Client } from './clients.ts';
import { mustSpeakHttp2 } from './http2.ts';
import { bytesOf } from './operations.ts';
import { uploadInPieces } from './paced-uploads.ts';
import { type ConfiguredProxy, startConfigured, type TestedProxy, versionOf } from './proxies.ts';
import { restartUnder } from './restart.ts';
import { runProgram } from './run-program.ts';
import { type Subject, startSubject } from './subject.ts';

/** The service, everything in front of it, and the clients that are installed. */
export interface Scene {
  readonly subject: Subject;
  /** The direct way first. */
  readonly ways: readonly (Way & { readonly version: string })[];
  readonly clients: readonly Installed[];
  /** Names of proxies and clients that are not installed. */
  readonly absent: readonly string[];
  /** The path of a file of that many MiB. */
  readonly fileOf: (mebibytes: number) => string;
  stop(): Promise<void>;
}

export const DIRECT = 'no proxy';
/** Programs that run, and proxies that get changed requests, at the same time. */
export const AT_ONCE = 2;

/** Starts the service once, and each proxy that is installed. */
export async function setScene(proxies: readonly TestedProxy[], clients: readonly Client[]): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'keyseal-compat-'));
  const port = await freePort();
  const certificates = makeCertificates(folder);
  const running: ConfiguredProxy[] = [];
  const plain = [{ name: DIRECT, url: `http://127.0.0.1:${port}`, version: '' }];
  const overTls: Scene['ways'][number][] = [];
  const absent: string[] = [];
  for (const proxy of proxies) {
    const version = versionOf(proxy.version);
    if (version === undefined) {
      absent.push(proxy.name);
      continue;
    }
    const started = await startConfigured(proxy, port, certificates.path);
    running.push(started);
    if (proxy.tls && started.tlsPort === undefined) absent.push(proxy.tls.name);
    plain.push({ name: proxy.name, url: started.url, version });
    if (started.tlsPort === undefined) continue;
    const { ca } = certificates;
    await mustSpeakHttp2(proxy.name, started.tlsPort, ca);
    overTls.push({ name: tlsNameOf(proxy.name), url: `https://localhost:${started.tlsPort}`, version, ca });
  }
  const ways = [...plain, ...overTls];
  const installed = await Promise.all(clients.map((client) => install(client, folder, certificates)));
  absent.push(...clients.filter((_, n) => !installed[n]).map(({ name }) => name));
  for (const size of [1, 8]) writeFileSync(join(folder, `${size}`), bytesOf(size));
  const subject = await startSubject(
    port,
    ways.map(({ url }) => url),
  );
  await Promise.all(plain.map(({ url }) => untilAnswered(url)));
  const stop = async () => {
    await Promise.all(running.map((proxy) => proxy.stop()));
    await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const fileOf = (mebibytes: number) => join(folder, `${mebibytes}`);
  return { subject, ways, clients: installed.flatMap((one) => one ?? []), absent, fileOf, stop };
}

/** Milliseconds within which a proxy finds the service, which starts after it. */
const FOUND_MS = 15_000;

/** Waits until a proxy passes on requests: some remember for a moment that nothing listened there. */
async function untilAnswered(url: string): Promise<void> {
  const signal = AbortSignal.timeout(FOUND_MS);
  for (;;) {
    const response = await fetch(`${url}/healthz`, { signal }).catch((error) => error);
    if (response.status === 200) return;
    if (signal.aborted) throw new Error(`${url} passes on no request within ${FOUND_MS} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function install(
  client: Client,
  parent: string,
  { env }: Certificates,
): Promise<Installed | undefined> {
  const version = versionOf(client.version);
  if (version === undefined) return;
  const folder = join(parent, client.name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  if (client.prepare) {
    const { code, err } = await runProgram(client.prepare(folder));
    if (code !== 0) throw new Error(`The program for ${client.name} does not compile: ${err}`);
  }
  return { client, version, folder, env };
}

/** Every operation through every way with every client. */
export async function runMatrix(scene: Scene, onCell: (cell: Cell) => void = () => {}): Promise<Cell[]> {
  const { subject, ways, clients, fileOf } = scene;
  const cells: Cell[] = [];
  const keep = (more: readonly Cell[]) => {
    cells.push(...more);
    more.forEach(onCell);
  };
  const jobs = ways.flatMap((way) =>
    clients.filter(({ client }) => isTried(way, client)).map((client) => ({ way, client })),
  );
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift())
      keep(await callThrough(job.way, job.client, subject, fileOf));
  };
  const inPieces = async () => keep(await uploadInPieces(ways, clients, subject));
  // They wait most of the time.
  await Promise.all([inPieces(), ...Array.from({ length: AT_ONCE }, work)]);
  keep(await restartUnder(ways, clients, subject));
  return cells;
}
