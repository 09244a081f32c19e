import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { guardedCallers } from '../../bench/floods/callers.ts';
import { Client } from '../../bench/floods/client.ts';
import { floodOf } from '../../bench/floods/floods.ts';
import { Tally } from '../../bench/floods/outcomes.ts';
import { AUTHORITY } from '../../bench/processes/servers/routes.ts';
import { createGuard } from '../../client/guard/index.ts';
import { FloodedService, PATIENCE_MS } from '../harness/flooded-service.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let service: FloodedService;

beforeAll(async () => {
  service = await FloodedService.start();
});
afterAll(() => service.stop());

describe('S11: a guarded service whose Keyseal hangs, under anonymous bodies', () => {
  const BODIES = 100;
  let hangs = true;
  let asked = 0;
  /** Keyseal by way of a network that swallows everything for a while. */
  const fetchOrHang = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    asked++;
    if (!hangs) return fetch(input, init);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };

  it('sends Keyseal nothing for them, and admits every honest caller afterwards', async () => {
    const { apiKey, signingSecret } = service.participants.honest.first;
    const options = {
      url: service.url,
      apiKey,
      signingSecret,
      authority: AUTHORITY,
      fetch: fetchOrHang,
      timeout: PATIENCE_MS,
    };
    const guarded = createServer(
      createGuard(options).node({ permission: 'echo:write' }, (_, response) => response.end('ok')),
    );
    await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
    const { port } = guarded.address() as AddressInfo;
    const tally = new Tally();
    const stop = new AbortController();
    const target = { port, authority: AUTHORITY, participants: service.participants, max: BODIES };
    const flooding = floodOf('guarded-bodies').send(target, tally, stop.signal);
    // Each of them is refused by the guard, or asked about.
    while (asked + tally.answered < BODIES) await wait(10);
    stop.abort();
    await flooding;
    const askedByFlood = asked;

    hangs = false;
    const client = new Client(port, '127.0.10.1', PATIENCE_MS);
    const [caller] = guardedCallers(service.participants);
    const answers: (string | undefined)[] = [];
    for (let nth = 0; nth < 20; nth++) answers.push(...(await client.exchange(caller?.make(nth) ?? '')));
    client.close();
    guarded.closeAllConnections();
    guarded.close();
    expect(answers.filter((answer) => answer !== '200')).toEqual([]);
    expect(askedByFlood).toBe(0);
  });
});
