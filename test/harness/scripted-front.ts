import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What a front answers by itself instead of passing a request on. */
export type ScriptedAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** A front that gives each request the next answer of a script, and passes it on once the script is over. */
export interface ScriptedFront {
  readonly url: string;
  /** The targets of the requests that arrived, in order. */
  readonly targets: string[];
  /** Says to which port of this machine requests go. */
  aim(port: number): void;
  /** Answers the next requests. */
  script(...answers: ScriptedAnswer[]): void;
  close(): void;
}

export async function scriptedFront(): Promise<ScriptedFront> {
  const targets: string[] = [];
  let answers: ScriptedAnswer[] = [];
  let port = 0;
  const server = createServer((incoming, response) => {
    const target = incoming.url as string;
    targets.push(target);
    const answer = answers.shift();
    if (answer) return answer(incoming, response);
    const { method, headers } = incoming;
    const onward = request({ port, path: target, method, headers }, (back) => {
      response.writeHead(back.statusCode as number, back.headers);
      response.flushHeaders();
      back.pipe(response);
      back.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    targets,
    aim: (to) => {
      port = to;
    },
    script: (...next) => {
      answers = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The page of a proxy. */
export const page =
  (status: number, headers: Record<string, string> = {}): ScriptedAnswer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(`<html><h1>${status}</h1></html>`);
  };

/** The beginning of a stream that is cut off, in the middle of an event if the string ends there. */
export const cutStream =
  (text: string): ScriptedAnswer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => response.destroy());
  };
