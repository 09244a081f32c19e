import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Cell, compatEnv, type Installed, isTried, type Way } from './cells.ts';
import { programEnv } from './run-program.ts';
import type { Subject } from './subject.ts';

/** Ticks that must arrive before the restart, and again after it. */
const ENOUGH = 3;
/** Longer than any client waits before it connects again. */
const PATIENCE_MS = 45_000;

/** What arrived in one subscription. */
interface Heard {
  readonly way: Way;
  readonly client: string;
  readonly ticks: number[];
  ended?: string;
}

/** Subscribes in every way with every client at once, restarts the service, and checks whether all continue. */
export async function restartUnder(
  ways: readonly Way[],
  installed: readonly Installed[],
  subject: Subject,
): Promise<Cell[]> {
  const clients = installed.filter(({ client }) => client.kind === 'typescript');
  const heard: Heard[] = [];
  const children: ChildProcess[] = [];
  for (const one of clients) {
    const tried = ways.filter((way) => isTried(way, one.client));
    const own = tried.map((way): Heard => ({ way, client: one.client.name, ticks: [] }));
    heard.push(...own);
    children.push(listen(one, own, subject));
  }
  try {
    await until(() => heard.every(({ ticks, ended }) => ended !== undefined || ticks.length >= ENOUGH));
    await subject.restart();
    const before = new Map(heard.map((one) => [one, one.ticks.length]));
    const goesOn = (one: Heard) => one.ticks.length >= (before.get(one) ?? 0) + ENOUGH;
    await until(() => heard.every((one) => one.ended !== undefined || goesOn(one)));
    return heard.map((one) => ({
      ...{ proxy: one.way.name, client: one.client, operation: 'restart' },
      outcome: outcomeOf(one, goesOn(one)),
    }));
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function listen(
  { client, folder, env: trust }: Installed,
  own: readonly Heard[],
  { key }: Subject,
): ChildProcess {
  const [command, ...options] = client.command(folder);
  const env = compatEnv(
    own.map(({ way }) => way),
    key,
    true,
  );
  const child = spawn(command, options, {
    env: programEnv({ ...trust, ...env }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.once('exit', (code) => {
    for (const one of own) one.ended ??= `the program ended with ${code}`;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"url"')) return;
    const { url, tick, ended } = JSON.parse(line);
    const one = own.find(({ way }) => way.url === url);
    if (!one) return;
    if (ended !== undefined) one.ended ??= ended;
    else one.ticks.push(tick);
  });
  return child;
}

function outcomeOf({ ticks, ended }: Heard, goesOn: boolean): string {
  if (ended !== undefined) return `ended: ${ended.slice(0, 120)}`;
  if (!goesOn) return 'nothing arrives any more';
  const gap = ticks.findIndex((tick, n) => tick !== n + 1);
  return gap < 0 ? 'ok' : `event ${gap + 1} is number ${ticks[gap]}`;
}

/** Waits for a condition, for a limited time; the caller must check the result. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}
