import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { sha256, sign } from '../test/harness/wire.ts';
import { type Cell, type Installed, isTried, shortened, type Way } from './cells.ts';
import type { Client } from './clients.ts';
import { OCTETS, PACED_NAMES, type Paced } from './operations.ts';
import type { Subject } from './subject.ts';

/** Clients that run in Node: of HTTP/1.1, and of HTTP/2 where a proxy speaks it. */
const IN_NODE = ['TypeScript, Node', 'TypeScript, undici'];

const KIBIBYTE = 1024;
const SLOW_SECONDS = 17;
const STALL_SECONDS = 12;
/** In a second: half as much again as a sender must keep up. */
const PACE = 12 * KIBIBYTE;
/** Ways at a time, so that what the service holds for the key stays within its share of memory. */
const AT_ONCE = 6;

/** The pieces of a body: bytes, and seconds of silence before them. */
const PIECES: Readonly<Record<Paced, readonly (readonly [bytes: number, afterSeconds: number])[]>> = {
  slow: Array.from({ length: 4 * SLOW_SECONDS }, () => [PACE / 4, 0.25]),
  stalled: [
    [STALL_SECONDS * PACE, 0],
    [PACE, STALL_SECONDS],
  ],
  unsized: [
    [PACE, 0],
    [PACE, 0],
  ],
};

const bodyOf = (operation: Paced): Buffer =>
  Buffer.alloc(
    PIECES[operation].reduce((sum, [bytes]) => sum + bytes, 0),
    7,
  );

async function* paced(operation: Paced): AsyncGenerator<Buffer> {
  for (const [bytes, seconds] of PIECES[operation]) {
    await sleep(seconds * 1_000);
    yield Buffer.alloc(bytes, 7);
  }
}

/** Uploads in pieces in every way, from this process: in each way for the first client of Node that tries it. */
export async function uploadInPieces(
  ways: readonly Way[],
  installed: readonly Installed[],
  subject: Subject,
): Promise<Cell[]> {
  const clients = IN_NODE.flatMap((name) => installed.filter(({ client }) => client.name === name));
  const jobs = ways.flatMap((way) => {
    const client = clients.find((one) => isTried(way, one.client))?.client;
    return client ? [{ way, client }] : [];
  });
  const cells: Cell[] = [];
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift())
      cells.push(...(await cellsOf(job.way, job.client, subject)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return cells;
}

const cellsOf = (way: Way, client: Client, subject: Subject): Promise<Cell[]> =>
  Promise.all(
    PACED_NAMES.map(async (operation) => ({
      ...{ proxy: way.name, client: client.name, operation },
      outcome: await outcomeOf(way, client.http2 === true, operation, subject),
    })),
  );

async function outcomeOf(
  { url, ca }: Way,
  allowH2: boolean,
  operation: Paced,
  { key }: Subject,
): Promise<string> {
  const { origin, host } = new URL(url);
  const bytes = bodyOf(operation);
  const { method, target, headers } = sign(key, '/api/upload', {
    ...{ method: 'POST', authority: host, contentType: OCTETS, body: bytes },
  });
  const length = operation === 'unsized' ? {} : { 'content-length': String(bytes.length) };
  const dispatcher = new Agent({ allowH2, ...(ca ? { connect: { ca } } : {}) });
  const startedAt = performance.now();
  try {
    const { statusCode, body } = await request(`${origin}${target}`, {
      ...{ dispatcher, method: method as 'POST', body: Readable.from(paced(operation)) },
      headers: { ...Object.fromEntries(headers), ...length },
    });
    const text = await body.text();
    return text.includes(sha256(bytes)) ? 'ok' : shortened(`${statusCode} ${text}`);
  } catch (error) {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    return shortened(`${error} after ${seconds} s`);
  } finally {
    await dispatcher.destroy();
  }
}
