import { createServer, type IncomingHttpHeaders, request } from 'node:http';

/** A response on its way to the client. */
export interface PassingResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a proxy makes of a response. */
export type Change = (response: PassingResponse) => PassingResponse;

/** A proxy that passes requests on unchanged, and changes what comes back. */
export interface TamperingProxy {
  readonly url: string;
  /** The requests that it passed on: target and header lines. */
  readonly requests: readonly { readonly target: string; readonly headers: IncomingHttpHeaders }[];
  /** The responses as the service sent them. */
  readonly responses: readonly PassingResponse[];
  /** Changes each response from now on; null stops that. */
  change(by: Change | null): void;
  aim(port: number): void;
  close(): void;
}

export async function tamperingProxy(): Promise<TamperingProxy> {
  const requests: { target: string; headers: IncomingHttpHeaders }[] = [];
  const responses: PassingResponse[] = [];
  let [port, changed]: [number, Change | null] = [0, null];
  const server = createServer((incoming, outgoing) => {
    const { method, url: target = '', headers } = incoming;
    requests.push({ target, headers });
    const onward = request({ host: '127.0.0.1', port, method, path: target, headers }, (back) => {
      // A stream has no end to wait for.
      if (String(back.headers['content-type']).startsWith('text/event-stream')) {
        outgoing.writeHead(back.statusCode ?? 0, back.headers);
        outgoing.on('close', () => back.destroy());
        return void back.pipe(outgoing);
      }
      const chunks: Buffer[] = [];
      back.on('data', (chunk: Buffer) => chunks.push(chunk));
      back.on('end', () => {
        const { 'transfer-encoding': _, ...fields } = back.headers;
        const passing = { status: back.statusCode ?? 0, headers: fields, body: Buffer.concat(chunks) };
        responses.push(passing);
        const { status, headers: sent, body } = changed?.(passing) ?? passing;
        outgoing.writeHead(status, { ...sent, 'content-length': body.length }).end(body);
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    requests,
    responses,
    change: (by) => {
      changed = by;
    },
    aim: (to) => {
      port = to;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
