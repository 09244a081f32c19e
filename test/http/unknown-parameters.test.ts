import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const call = (target: string, body?: string, by: Credentials = service.demo) =>
  send(
    service.port,
    sign(by, target, { authority: service.authority, ...(body === undefined ? {} : { body }) }),
  );

describe('A6: a query parameter that no call reads', () => {
  it.each([
    ['/api/exemple?input[name]=Ada', ['input[name]']],
    ['/api/exemple?input%5Bname%5D=Ada', ['input[name]']],
    ['/api/keys.list?input[search]=zzz&input[limit]=1', ['input[search]', 'input[limit]']],
    ['/api/exemple?name=Ada&name=Bob', ['name']],
    ['/api/exemple?Input=%7B%7D', ['Input']],
    ['/api/whoami?a', ['a']],
    ['/api/health?=1', ['']],
    ['/api/exemple?lastEventId=1', ['lastEventId']],
  ])('%s is named', async (target, names) => {
    const { status, reason, json } = await call(target);
    expect([status, reason]).toEqual([400, 'INPUT_INVALID']);
    const { issues } = json.error.data;
    expect(issues.map(({ path }: { path: string }) => path)).toEqual(names);
    expect(issues[0].message).toContain('JSON in `input`');
  });

  it('is reported for members of a batch that belong to no call, before a call is charged', async () => {
    const key = await createKey(service, await signUp(service), {
      permissions: ['echo:write', 'exemple:read'],
      credits: { remaining: 2 },
    });
    const input = '{"0":{"text":"a"},"00":1,"7":1,"__proto__":{}}';
    const { status, json } = await call('/api/echo?batch=1', input, key);
    expect(status).toBe(400);
    const { issues } = json[0].error.data;
    expect(issues.map(({ path }: { path: string }) => path).sort()).toEqual(['00', '7', '__proto__']);
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, nth) => [nth + 1, 0])));
    const flooded = await call('/api/echo?batch=1', many, key);
    expect(flooded.json[0].error.data.issues).toHaveLength(10);
    const right = await call('/api/echo,echo?batch=1', '{"0":{"text":"a"},"1":{"text":"b"}}', key);
    expect(right.status).toBe(200);
  });

  it('is reported for each call of a batch', async () => {
    const { status, json } = await call('/api/exemple,whoami?batch=1&input[0]=x');
    expect(status).toBe(400);
    for (const { error } of json) expect(error.data.issues[0].path).toBe('input[0]');
  });

  it('is reported for a mutation, whose input is its body, before it runs', async () => {
    const ada = await signUp(service);
    const made = JSON.stringify({ name: 'A key', environment: 'live', permissions: ['exemple:read'] });
    const { json } = await call('/api/keys.create?dryRun=true', made);
    expect(json.error.data.issues[0].path).toBe('dryRun');
    expect((await call('/api/echo?input=%7B%7D', '{"text":"x"}')).reason).toBe('INPUT_INVALID');
    expect((await query(service, ada, 'keys.list')).json.result.data.items).toEqual([]);
  });

  it('is reported only once its caller is admitted and may make the call', async () => {
    const target = '/api/exemple?input[name]=Ada';
    expect((await call(target, undefined, { ...service.demo, signingSecret: 'kss_wrong' })).reason).toBe(
      'SIGNATURE_INVALID',
    );
    const ada = await signUp(service);
    const weak = await createKey(service, ada, { permissions: ['echo:write'] });
    expect((await call(target, undefined, weak)).reason).toBe('PERMISSION_DENIED');
  });

  it('counts against limits, and costs no credits', async () => {
    const ada = await signUp(service);
    const limits = [{ name: 'calls', limit: 2, windowSeconds: 60 }];
    const key = await createKey(service, ada, {
      permissions: ['exemple:read'],
      limits,
      credits: { remaining: 1 },
    });
    const reasons = [];
    for (const target of ['/api/exemple?a=1', '/api/exemple', '/api/exemple?a=1'])
      reasons.push((await call(target, undefined, key)).reason);
    expect(reasons).toEqual(['INPUT_INVALID', undefined, 'RATE_LIMITED']);
  });

  it('is truncated if there are many, or long ones', async () => {
    const many = Array.from({ length: 50 }, (_, n) => `a${n}=1`).join('&');
    expect((await call(`/api/exemple?${many}`)).json.error.data.issues).toHaveLength(10);
    const { json } = await call(`/api/exemple?${'b'.repeat(3000)}=1`);
    expect(json.error.data.issues[0].path).toHaveLength(200);
  });
});
