import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Heartbeat } from '../server/http/streams/heartbeat.ts';
import { pipe } from '../server/http/streams/stream-pipe.ts';

/**
 * The cost of heartbeats: the processor time of a process with idle streams that sends a heartbeat on each every 15 seconds,
 * minus that of one that sends none. The clients are in another process. `tsx bench/heartbeats.ts [streams]`
 */
const STREAMS = Number(process.argv[2] ?? 10_000);
const SECONDS = 15;
/** Intervals that are measured. */
const INTERVALS = 4;
/** Loopback addresses, since one has too few ports for many streams. */
const ADDRESSES = 4;
const NEVER = 3_600;

const CONNECTED = new TextEncoder().encode('event: connected\ndata: {}\n\n');

/** The measured process: sends its port, and its processor time in microseconds for each message. */
function serve(heartbeat: Heartbeat): void {
  const server = createServer((_, response) => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(CONNECTED) });
    const headers = { 'content-type': 'text/event-stream' };
    response.writeHead(200, headers);
    void pipe(new Response(body, { headers }), response, heartbeat, () => null);
  });
  server.listen(0, '0.0.0.0', () => process.send?.((server.address() as { port: number }).port));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
}

const answerOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => child.once('message', (value) => resolve(value as number)));

function openStream(port: number, nth: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: `127.0.0.${1 + (nth % ADDRESSES)}` });
    socket.once('error', reject);
    socket.once('data', () => resolve(socket));
    socket.write('GET / HTTP/1.1\r\nhost: bench\r\n\r\n');
  });
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** The share of a core that a process with idle streams uses. */
async function shareOf(seconds: number): Promise<{ share: number; beats: number }> {
  const child = fork(import.meta.filename, [String(STREAMS), String(seconds)], {
    execArgv: process.execArgv,
  });
  const port = await answerOf(child);
  const sockets: Socket[] = [];
  for (let nth = 0; nth < STREAMS; nth += 50) {
    const some = Array.from({ length: Math.min(50, STREAMS - nth) }, (_, n) => openStream(port, nth + n));
    sockets.push(...(await Promise.all(some)));
  }
  await pause(4 * SECONDS);
  let beats = 0;
  for (const socket of sockets) socket.on('data', () => void beats++);
  const cpu = async () => {
    child.send('cpu');
    return answerOf(child);
  };
  const before = await cpu();
  const begun = performance.now();
  await pause(INTERVALS * SECONDS);
  const share = ((await cpu()) - before) / 1_000 / (performance.now() - begun);
  for (const socket of sockets) socket.destroy();
  child.kill();
  return { share, beats };
}

const beating = process.send && process.argv[3];
if (beating) serve(new Heartbeat(Number(beating)));
else {
  const idle = await shareOf(NEVER);
  const alive = await shareOf(SECONDS);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  console.log(
    `${STREAMS} idle streams, a heartbeat every ${SECONDS} s: ${percent(alive.share - idle.share)} of a core`,
    `(${percent(alive.share)} with ${alive.beats} beats, ${percent(idle.share)} with ${idle.beats})`,
  );
}
