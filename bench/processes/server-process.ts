import { runFolder } from './folder.ts';
import { forkFile } from './forked.ts';
import type { Memory, Started } from './servers/child.ts';

/** A server in its own process. */
export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  /** Microseconds of CPU that it has used so far. */
  cpu(): Promise<number>;
  /** After a garbage collection. */
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

/** @param name of a file in `servers` */
export async function startServer(name: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  const file = new URL(`./servers/${name}.js`, import.meta.url);
  return serverProcess(await forkFile<Started>(file, { BENCH_FOLDER: await runFolder(), ...env }));
}

/** The requests that a serving process answers. */
export function serverProcess({
  ready,
  pid,
  request,
  stop,
}: Awaited<ReturnType<typeof forkFile<Started>>>): ServerProcess {
  return {
    port: ready.port,
    pid,
    cpu: async () => (await request<{ cpu: number }>('cpu')).cpu,
    memory: () => request<Memory>('memory'),
    stop,
  };
}
