import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { queryTarget, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

describe('a signed call', () => {
  it('is admitted with a valid key and a valid signature', async () => {
    const answer = await query(service, service.demo, 'exemple', { name: 'Ada' });
    expect(answer.status).toBe(200);
    expect(answer.json.result.data).toMatchObject({
      message: 'Hello, Ada!',
      caller: { keyId: service.demo.id, userId: null },
    });
  });

  it('is refused when it is sent again as captured', async () => {
    const draft = sign(service.demo, '/api/exemple', { authority: service.authority });
    expect((await send(service.port, draft)).status).toBe(200);
    const again = await send(service.port, draft);
    expect([again.status, again.reason]).toEqual([401, 'SIGNATURE_REPLAYED']);
  });

  it('carries a mutation', async () => {
    const answer = await mutate(service, service.demo, 'echo', { text: 'l’été' });
    expect(answer.json.result.data).toEqual({
      text: 'l’été',
      caller: { keyId: service.demo.id, userId: null },
    });
  });

  it('is made by a key on behalf of a user of its workspace', async () => {
    const key = await createKey(service, ada, { permissions: ['profile:read'] });
    const draft = sign(key, '/api/profile', { authority: service.authority, token: ada.token });
    const answer = await send(service.port, draft);
    expect(answer.json.result.data).toMatchObject({
      user: { id: ada.userId, email: ada.email },
      caller: { keyId: key.id, userId: ada.userId },
    });
  });

  it('is answered call by call in a batch, with one signature', async () => {
    const target = '/api/exemple,whoami?batch=1&input=%7B%220%22%3A%7B%22name%22%3A%22a%22%7D%7D';
    const answer = await send(service.port, sign(service.demo, target, { authority: service.authority }));
    expect(answer.status).toBe(200);
    expect(answer.json[0].result.data.message).toBe('Hello, a!');
    expect(answer.json[1].result.data.key.id).toBe(service.demo.id);
  });

  it('answers a batch with mixed outcomes with 207', async () => {
    const key = await createKey(service, ada, { permissions: ['exemple:read'] });
    const target = '/api/exemple,keys.list?batch=1';
    const answer = await send(service.port, sign(key, target, { authority: service.authority }));
    expect(answer.status).toBe(207);
    expect(answer.json[1].error.data).toMatchObject({ reason: 'PERMISSION_DENIED', missing: 'keys:read' });
  });

  it('shows a person what the server knows of them', async () => {
    const answer = await query(service, ada, 'whoami');
    expect(answer.json.result.data).toMatchObject({
      kind: 'user',
      user: { id: ada.userId },
      session: { id: ada.id },
      workspace: { role: 'owner' },
      key: null,
    });
  });

  it('refuses a person a procedure for keys only', async () => {
    const answer = await send(
      service.port,
      sign(ada, queryTarget('exemple'), { authority: service.authority, token: ada.token }),
    );
    expect([answer.status, answer.reason]).toEqual([403, 'ACCESS_DENIED']);
  });
});
