import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey, signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';
import { queryTarget, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

it('S12: a live tail whose caller leaves while it is admitted leaves its place free', async () => {
  const owner = await signUp(service);
  const key = await createKey(service, owner);
  const viewer = await newMember(service, owner, 'viewer');
  const { liveTail } = service.running.service.stores;
  // Some leave before admission, some during it, some after the stream has begun.
  for (let n = 0; n < 80; n++) {
    const options = { authority: service.authority, token: viewer.token };
    const { target, headers } = sign(viewer, queryTarget('keys.tail', { id: key.id }), options);
    const lines = headers.map((header) => header.join(': ')).join('\r\n');
    const { socket } = await rawConnection(service.port);
    socket.write(`GET ${target} HTTP/1.1\r\n${lines}\r\naccept: text/event-stream\r\n\r\n`);
    await sleep(n % 8);
    socket.resetAndDestroy();
  }
  await expect.poll(() => liveTail.watched()).toEqual([]);
});
