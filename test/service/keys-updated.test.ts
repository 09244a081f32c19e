import { describe, expect, it } from 'vitest';
import { createKey, mutate, query } from '../harness/people.ts';
import { setUp } from '../harness/setup.ts';
import { type Credentials, send, sign, withHeader } from '../harness/wire.ts';

const at = setUp({ env: { KEYSEAL_TRUSTED_PROXIES: '127.0.0.1' } });

const update = (who: Parameters<typeof mutate>[1], id: string, changes: object) =>
  mutate(at.service, who, 'keys.update', { id, ...changes });

describe('keys.update', () => {
  it('changes the given fields, and nothing else', async () => {
    const { id } = await createKey(at.service, at.ada);
    const before = (await query(at.service, at.ada, 'keys.get', { id })).json.result.data;
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const changes = {
      name: 'Renamed',
      permissions: ['echo:write'],
      expiresAt,
      metadata: { team: 'billing', list: [1, { a: null }], text: '\\u0000 \\ud800 😀' },
      allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'],
    };
    expect((await update(at.ada, id, changes)).json.result.data).toEqual({ ...before, ...changes });
    const cleared = (await update(at.ada, id, { expiresAt: null })).json.result.data;
    expect(cleared).toEqual({ ...before, ...changes, expiresAt: null });
  });

  it('disables and enables a key', async () => {
    const key = await createKey(at.service, at.ada);
    const off = await update(at.ada, key.id, { enabled: false });
    expect(off.json.result.data.status).toBe('disabled');
    expect((await query(at.service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    await update(at.ada, key.id, { enabled: true });
    expect((await query(at.service, key, 'exemple')).status).toBe(200);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['an unknown field', { workspaceId: 'wrk_other' }],
    ['an environment', { environment: 'live' }],
    ['an empty name', { name: '' }],
    ['no permissions', { permissions: [] }],
    ['an unknown permission', { permissions: ['launch:missiles'] }],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['metadata that is a list', { metadata: [] }],
    ['metadata of five kilobytes', { metadata: { a: 'x'.repeat(5_000) } }],
    ['metadata that is nested deep', { metadata: { a: JSON.parse('['.repeat(3_000) + ']'.repeat(3_000)) } }],
    ['metadata with a NUL', { metadata: { a: '\0' } }],
    ['metadata with half a character', { metadata: { a: '\ud800' } }],
    ['metadata with half a character in a name', { metadata: { 'a\udfff': 1 } }],
    ['65 addresses', { allowedAddresses: Array.from({ length: 65 }, (_, n) => `192.0.2.${n}`) }],
    ...['10.0.0.1/8', '010.0.0.1', '10.0.0', '10.0.0.0/33', '10.0.0.0/08', '1.2.3.4:80', 'localhost', ''].map(
      (entry): [string, object] => [`the address ${entry}`, { allowedAddresses: [entry] }],
    ),
    ...[
      '2001:DB8::/32',
      '2001:db8:0::/32',
      '2001:db8::1/32',
      '::ffff:10.0.0.1',
      'fe80::1%eth0',
      '::/129',
    ].map((entry): [string, object] => [`the address ${entry}`, { allowedAddresses: [entry] }]),
  ])('refuses %s with INPUT_INVALID', async (_, changes) => {
    const { id } = await createKey(at.service, at.ada);
    expect((await update(at.ada, id, changes)).reason).toBe('INPUT_INVALID');
  });

  it('widens a key only within the caller’s own rights, and narrows it for every caller who may write', async () => {
    const strong = await createKey(at.service, at.ada, { permissions: ['echo:write'] });
    const weak = await createKey(at.service, at.ada, { permissions: ['keys:write', 'exemple:read'] });
    const more = [
      { permissions: ['keys:*'] },
      { enabled: true },
      { expiresAt: null },
      { allowedAddresses: [] },
    ];
    for (const changes of more)
      expect((await update(weak, strong.id, changes)).reason).toBe('ESCALATION_DENIED');
    expect((await update(weak, strong.id, { permissions: ['exemple:read'] })).status).toBe(200);
    const other = await createKey(at.service, at.ada, { permissions: ['echo:write'] });
    expect((await update(weak, other.id, { enabled: false })).status).toBe(200);
  });

  it('refuses a revoked key, and a live key for a test key', async () => {
    const key = await createKey(at.service, at.ada);
    const tester = await createKey(at.service, at.ada, { environment: 'test', permissions: ['keys:*'] });
    expect((await update(tester, key.id, { name: 'x' })).reason).toBe('ENVIRONMENT_DENIED');
    await mutate(at.service, at.ada, 'keys.revoke', { id: key.id });
    expect((await update(at.ada, key.id, { enabled: true })).reason).toBe('CONFLICT');
  });
});

describe('allowedAddresses', () => {
  const from = async (key: Credentials, address: string) => {
    const draft = sign(key, '/api/exemple', { authority: at.service.authority });
    return (await send(at.service.port, withHeader(draft, 'x-forwarded-for', address))).reason ?? 'admitted';
  };

  it.each([
    [['192.0.2.0/24'], '192.0.2.255', 'admitted'],
    [['192.0.2.0/24'], '192.0.3.0', 'IP_DENIED'],
    [['192.0.2.7'], '192.0.2.7', 'admitted'],
    [['192.0.2.7'], '192.0.2.70', 'IP_DENIED'],
    [['192.0.2.7'], '::ffff:192.0.2.7', 'admitted'],
    [['2001:db8::/32'], '2001:db8:ffff::1', 'admitted'],
    [['2001:db8::/32'], '2001:DB8:0:0::1', 'admitted'],
    [['2001:db8::/32'], '2001:db9::1', 'IP_DENIED'],
    [['2001:db8::/32'], '192.0.2.7', 'IP_DENIED'],
    [['0.0.0.0/0'], '203.0.113.1', 'admitted'],
    [['0.0.0.0/0'], '2001:db8::1', 'IP_DENIED'],
    [['::/0'], '2001:db8::1', 'admitted'],
    [['::/0'], '192.0.2.7', 'IP_DENIED'],
    [['::/0'], '::ffff:192.0.2.7', 'IP_DENIED'],
    [['::/64'], '10.0.0.1', 'IP_DENIED'],
    [['192.0.2.0/24', '198.51.100.1'], '198.51.100.1', 'admitted'],
    [[], '203.0.113.1', 'admitted'],
  ])('%j and a call from %s: %s', async (allowedAddresses, address, expected) => {
    const key = await createKey(at.service, at.ada, { allowedAddresses });
    expect(await from(key, address)).toBe(expected);
  });

  it('are not revealed without the key’s secrets', async () => {
    const key = await createKey(at.service, at.ada, { allowedAddresses: ['192.0.2.7'] });
    expect(await from({ ...key, signingSecret: 'kss_guess' }, '203.0.113.1')).toBe('SIGNATURE_INVALID');
  });
});

describe('keys.delete', () => {
  it('removes a revoked key from lists, and no other', async () => {
    const key = await createKey(at.service, at.ada, { name: 'To be deleted' });
    expect((await mutate(at.service, at.ada, 'keys.delete', { id: key.id })).reason).toBe('CONFLICT');
    await mutate(at.service, at.ada, 'keys.revoke', { id: key.id });
    expect((await mutate(at.service, at.ada, 'keys.delete', { id: key.id })).status).toBe(200);
    for (const name of ['keys.update', 'keys.rotate', 'keys.revoke', 'keys.delete']) {
      const more = { 'keys.update': { name: 'x' }, 'keys.rotate': { graceSeconds: 0 } }[name] ?? {};
      expect((await mutate(at.service, at.ada, name, { id: key.id, ...more })).reason).toBe('KEY_NOT_FOUND');
    }
    expect((await query(at.service, at.ada, 'keys.get', { id: key.id })).reason).toBe('KEY_NOT_FOUND');
    const { items } = (await query(at.service, at.ada, 'keys.list', { search: 'To be deleted' })).json.result
      .data;
    expect(items).toEqual([]);
    // Its holder still gets the true reason.
    expect((await query(at.service, key, 'exemple')).reason).toBe('KEY_REVOKED');
  });
});
