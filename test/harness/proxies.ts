import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './embedded-postgres.ts';
import { freshFolder } from './fresh.ts';

/** A real reverse proxy in front of a service. */
export interface RealProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts nginx with one server.
 * @param server what stands in its `server` block beside `listen`
 */
export async function startNginx(server: string): Promise<RealProxy> {
  const [folder, port] = [await freshFolder(), await freePort()];
  const config = `
daemon off;
pid ${folder}/pid;
error_log stderr warn;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
${server}
  }
}
`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, config);
  return run('nginx', ['-c', file, '-p', folder, '-e', 'stderr'], port);
}

/** Starts HAProxy in HTTP mode before one server. @param upstream the port of the service */
export async function startHaproxy(upstream: number): Promise<RealProxy> {
  const [folder, port] = [await freshFolder(), await freePort()];
  const config = `
defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server one 127.0.0.1:${upstream}
`;
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, config);
  return run('haproxy', ['-f', file, '-db'], port);
}

async function run(command: string, args: readonly string[], port: number): Promise<RealProxy> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${told}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { port, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
