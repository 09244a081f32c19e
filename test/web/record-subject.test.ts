import { describe, expect, it } from 'vitest';
import type { ListedRecord } from '../../web/audit/listed-record.ts';
import { namesIn, subjectOf } from '../../web/audit/record-subject.ts';

const names = {
  people: new Map([['usr_00000001', 'Ada Lovelace']]),
  keys: new Map([['key000000001', 'Web shop']]),
  others: new Map([['wsp_00000001', 'Northwind']]),
};

const record = (some: Partial<ListedRecord>): ListedRecord => ({
  ...{ seq: 1, at: '2026-11-25T14:05:00.000Z', address: null, requestId: null, mac: '' },
  ...{ actor: { kind: 'user', id: 'usr_00000001' }, action: 'keys.update', subject: null },
  ...{ before: null, after: null },
  ...some,
});

describe('the subject of a record', () => {
  it.each([
    ['a key of the list', { subject: 'key000000001' }, 'key', 'Web shop'],
    ['a user', { action: 'members.setRole', subject: 'usr_00000001' }, 'user', 'Ada Lovelace'],
    ['a workspace', { action: 'workspaces.rename', subject: 'wsp_00000001' }, 'workspace', 'Northwind'],
    ['a session of the actor', { action: 'auth.signIn', subject: 'ses_00000001' }, 'session', 'Ada Lovelace'],
    [
      'a session that names its user',
      {
        ...{ action: 'sessions.revoke', subject: 'ses_00000001', before: { userId: 'usr_00000001' } },
        actor: { kind: 'system', id: null },
      },
      'session',
      'Ada Lovelace',
    ],
    [
      'the workspace of a new account',
      { action: 'auth.signUp', subject: 'wsp_00000001' },
      'workspace',
      'Northwind',
    ],
    [
      'an external owner that looks like an id',
      { action: 'owners.update', subject: 'usr_1' },
      'owner',
      'usr_1',
    ],
    ['an external owner', { action: 'owners.update', subject: 'initech' }, 'owner', 'initech'],
    ['an invitation', { action: 'invitations.create', subject: 'inv_00000001' }, 'invitation', null],
    ['an unknown key', { action: 'keys.rotate', subject: 'key000000002' }, 'key', null],
    ['something of a later version', { action: 'boxes.open', subject: 'box000000001' }, null, null],
    ['a name of an object', { action: 'toString', subject: 'constructor' }, null, null],
  ] as const)('is %s', (_, some, kind, name) => {
    const given = record(some as Partial<ListedRecord>);
    expect(subjectOf(given, names)).toEqual({ id: some.subject, kind, name });
  });

  it('is null if the record has none', () => {
    expect(subjectOf(record({}), names)).toBeNull();
  });

  it('has the newest name that a record tells', () => {
    const found = namesIn([
      record({ subject: 'a', action: 'keys.rotate', before: {}, after: { rotatedAt: 'x' } }),
      record({ subject: 'a', before: { name: 'Old' }, after: { name: 'New' } }),
      record({ subject: 'a', action: 'keys.create', after: { name: 'Old', externalId: 'initech' } }),
      record({ subject: 'b', action: 'keys.delete', before: { name: 'Gone' } }),
      record({ subject: 'c', after: { externalId: 'initech', name: '' } }),
    ]);
    expect([...found]).toEqual([
      ['a', 'New'],
      ['b', 'Gone'],
    ]);
  });
});
