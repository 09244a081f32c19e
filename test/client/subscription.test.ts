import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { withKey } from '../harness/clients.ts';
import { cutStream, type ScriptedFront, scriptedFront } from '../harness/scripted-front.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let front: ScriptedFront;
let service: TestService;

beforeAll(async () => {
  front = await scriptedFront();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: front.url } });
  front.aim(service.port);
});
afterAll(async () => {
  front.close();
  await service.stop();
});

const CONNECTED = 'event: connected\ndata: {}\n\n';
const TICK = 'data: {"tick":1,"at":"then"}\nid: 1\n\n';

/** What a subscriber is told, in order, until the subscription is over. */
function toldBy(
  stream: string,
  onTick: (controller: AbortController) => void = () => {},
  onState: (state: string, told: readonly string[]) => void = () => {},
): Promise<string[]> {
  front.script(cutStream(stream));
  const controller = new AbortController();
  const told: string[] = [];
  return new Promise((resolve) => {
    createKeysealClient(withKey(service)).clock.subscribe(
      { everyMs: 50 },
      {
        signal: controller.signal,
        onStarted: () => void told.push('started'),
        onConnectionStateChange: ({ state }) => {
          told.push(state);
          onState(state, told);
        },
        onData: ({ id }) => {
          told.push(`data ${id}`);
          onTick(controller);
        },
        onStopped: () => void told.push('stopped'),
        onComplete: () => resolve([...told, 'complete']),
        onError: ({ name, message }) => resolve([...told, `${name}: ${message}`]),
      },
    );
  });
}

const BEGUN = ['connecting', 'started', 'pending', 'data 1'];

describe('a subscriber is told of', () => {
  it('the end of the events', async () => {
    const told = await toldBy(`${CONNECTED}${TICK}event: return\ndata: \n\n`);
    expect(told).toEqual([...BEGUN, 'stopped', 'idle', 'complete']);
  });

  it('the end that its own signal made, which is no failure', async () => {
    const told = await toldBy(`${CONNECTED}${TICK}`, (controller) => controller.abort());
    expect(told).toEqual([...BEGUN, 'stopped', 'idle', 'complete']);
  });

  it('an event that cannot be read', async () => {
    const told = await toldBy(`${CONNECTED}${TICK}data: {\n\n`);
    expect(told).toEqual([...BEGUN, expect.stringMatching(/^TRPCClientError: .*JSON/)]);
  });

  it('an error of its own, which ends the subscription', async () => {
    const told = await toldBy(`${CONNECTED}${TICK}${TICK}`, () => {
      throw new Error('not stored');
    });
    expect(told).toEqual([...BEGUN, 'TRPCClientError: not stored']);
  });

  it.each([
    ['the first connection', ['connecting']],
    ['a further one', [...BEGUN, 'connecting']],
  ])('an error of its own at %s, which ends the subscription', async (_, before) => {
    const told = await toldBy(`${CONNECTED}${TICK}`, undefined, (_state, { length }) => {
      if (length === before.length) throw new Error('not shown');
    });
    expect(told).toEqual([...before, 'TRPCClientError: not shown']);
  });

  it('a break inside the service, after which it continues', async () => {
    const error = JSON.stringify({ message: 'Broken.', code: -32603, data: {} });
    let ticks = 0;
    const told = await toldBy(
      `${CONNECTED}${TICK}event: serialized-error\ndata: ${error}\n\n`,
      (controller) => ++ticks === 2 && controller.abort(),
    );
    const [broken, cut] = ['connecting', 'connecting'];
    expect(told).toEqual([
      ...BEGUN,
      ...[broken, cut, 'started', 'pending', 'data 2'],
      ...['stopped', 'idle', 'complete'],
    ]);
  });
});
