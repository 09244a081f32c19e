import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let admin: Person;
let developer: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  [admin, developer] = [await newMember(service, ada, 'admin'), await newMember(service, ada, 'developer')];
});
afterAll(() => service.stop());

const make = (who: Person | Credentials, more: object = {}) =>
  mutate(service, who, 'keys.create', {
    ...{ name: 'Machine', environment: 'live', permissions: ['exemple:read'], service: true, ...more },
  });
const refusalOf = async (who: Person | Credentials, more?: object) => {
  const { reason, json } = await make(who, more);
  return [reason, json.error?.data.missing];
};

describe('a service key', () => {
  it('belongs to no person, and outlives its creator', async () => {
    const maker = await newMember(service, ada, 'admin');
    const key = await createKey(service, maker, { service: true, permissions: ['echo:write'] });
    expect((await query(service, ada, 'keys.get', { id: key.id })).json.result.data.ownerId).toBeNull();
    await mutate(service, ada, 'members.remove', { userId: maker.userId });
    expect((await mutate(service, key, 'echo', { text: 'x' })).status).toBe(200);
  });

  it('is made by owners and admins, within what they hold', async () => {
    expect(await refusalOf(admin)).toEqual([undefined, undefined]);
    expect(await refusalOf(developer)).toEqual(['PERMISSION_DENIED', 'workspaces:write']);
    expect(await refusalOf(admin, { permissions: ['workspaces:delete'] })).toEqual([
      'ESCALATION_DENIED',
      'workspaces:delete',
    ]);
  });

  it('is created by another within its own permissions, and by no personal key', async () => {
    const machine = await createKey(service, ada, {
      service: true,
      permissions: ['keys:write', 'exemple:read'],
    });
    const made = await make(machine);
    expect(made.json.result.data.key.ownerId).toBeNull();
    expect(await refusalOf(machine, { permissions: ['echo:write'] })).toEqual([
      'ESCALATION_DENIED',
      'echo:write',
    ]);
    const hers = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    expect(await refusalOf(hers)).toEqual(['ESCALATION_DENIED', 'service']);
    expect((await make(hers, { service: false })).json.result.data.key.ownerId).toBe(ada.userId);
  });

  it('is widened and rotated only by callers who could create it', async () => {
    const { id } = await createKey(service, ada, { service: true });
    const hers = await createKey(service, ada, { permissions: ['keys:write', 'exemple:read'] });
    const reasonOf = async (who: Person | Credentials, name: string, input: object) =>
      (await mutate(service, who, name, { id, ...input })).reason;
    for (const [who, reason] of [
      [developer, 'PERMISSION_DENIED'],
      [hers, 'ESCALATION_DENIED'],
      [admin, undefined],
    ] as const) {
      expect(await reasonOf(who, 'keys.rotate', { graceSeconds: 0 })).toBe(reason);
      expect(await reasonOf(who, 'keys.update', { permissions: ['exemple:read'] })).toBe(reason);
    }
    // Every caller with keys:write may rename, disable and revoke it.
    expect(await reasonOf(developer, 'keys.update', { name: 'Renamed' })).toBeUndefined();
    expect(await reasonOf(developer, 'keys.update', { enabled: false })).toBeUndefined();
    expect(await reasonOf(developer, 'keys.update', { enabled: true })).toBe('PERMISSION_DENIED');
    expect(await reasonOf(developer, 'keys.revoke', {})).toBeUndefined();
  });

  it('does not restore a right that was removed in the meantime', async () => {
    for (let round = 0; round < 4; round++) {
      const maker = await newMember(service, ada, 'admin');
      const [, ...made] = await Promise.all([
        mutate(service, ada, 'members.remove', { userId: maker.userId }),
        ...Array.from({ length: 4 }, () => make(maker)),
      ]);
      // Made before the removal, or refused; afterwards never.
      for (const { status, reason } of made) expect([200, 'WORKSPACE_DENIED']).toContain(reason ?? status);
      expect((await make(maker)).reason).toBe('WORKSPACE_DENIED');
    }
  });
});
