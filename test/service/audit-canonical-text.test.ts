import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../server/stores/audit/audit.ts';
import { canonical, canonicalOf, recordText, toStorable } from '../../server/stores/audit/canonical-text.ts';
import { recordedFields } from '../../server/stores/audit/record-fields.ts';
import { verifyChain } from '../harness/audit-chain.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** JSON values as `jsonb` gives them back, each as a string. */
async function written(values: unknown[]): Promise<string[]> {
  const { database } = service.running.service.stores;
  const json = JSON.stringify(values.map(canonical));
  const rows = await database.query<{ text: string }>(
    sql`select value::jsonb::text as text from json_array_elements_text(${json}::text::json)`,
  );
  return rows.map(({ text }) => text);
}

/** Any JSON, with any strings, names and numbers that JavaScript allows. */
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', '\udc00x', '\0', '__proto__', '"\\\u2028', '1e3', '-0.10'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, 0.1 + 0.2, 123456789012345680000),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('the canonical text of a value', () => {
  it('is unchanged after a round trip through Postgres', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyJson, { minLength: 1, maxLength: 20 }), async (values) => {
        const kept = values.map(toStorable);
        expect((await written(kept)).map(canonicalOf)).toEqual(kept.map(canonical));
      }),
      { numRuns: 200 },
    );
  });

  it('is injective: no two values share it', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const kept = toStorable(value);
        expect(JSON.parse(canonical(kept))).toEqual(JSON.parse(JSON.stringify(kept)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('distinguishes numbers that JavaScript would round', async () => {
    const { database } = service.running.service.stores;
    const of = async (number: string) => {
      const rows = await database.query<{ text: string }>(
        sql`select ${`{"a":${number}}`}::jsonb::text as text`,
      );
      return canonicalOf(rows[0]?.text ?? '');
    };
    expect(await of('1')).toBe('{"a":1}');
    for (const changed of ['1.00000000000000000001', '1.0', '9007199254740993']) {
      expect(await of(changed)).toBeNull();
    }
  });
});

describe('a record', () => {
  it('verifies unchanged, with any content', async () => {
    const { stores } = service.running.service;
    const { workspaceId } = service.demo;
    await fc.assert(
      fc.asyncProperty(anyJson, anyJson, fc.string({ unit: 'binary' }), async (was, is, subject) => {
        await stores.database.db.transaction((tx) =>
          stores.audit.record(tx, systemActor(workspaceId), {
            action: 'test',
            kind: 'key',
            subject,
            before: { metadata: was },
            after: { metadata: is },
          }),
        );
      }),
      { numRuns: 50 },
    );
    expect(await verifyChain(service, service.demo)).toMatchObject({ verified: true, records: 50 });
  });

  it('has a unique canonical string, wherever one field ends and the next begins', () => {
    const record = {
      ...{ workspaceId: 'w', seq: 1, at: '0', actorKind: 'user' as const, actorId: 'ab', address: 'c' },
      ...{ requestId: null, action: 'd', subject: 'e', before: null, after: '{}', keyVersion: 1 },
    };
    const moved = { ...record, actorId: 'a', address: 'bc' };
    const other = { ...record, before: '{}', after: null };
    const texts = [record, moved, other].map((one) => recordText(one, 'mac'));
    expect(new Set(texts).size).toBe(3);
  });

  it('lists only the fields that changed, of those that may be recorded', () => {
    const before = { name: 'a', enabled: true, secretHash: 'x', limits: [{ limit: 1, name: 'n' }] };
    const after = { name: 'b', enabled: true, secretHash: 'y', limits: [{ name: 'n', limit: 1 }] };
    expect(recordedFields('key', before, after)).toEqual({ before: { name: 'a' }, after: { name: 'b' } });
    const { secretHash: _, ...recorded } = after;
    expect(recordedFields('key', null, after)).toEqual({ before: null, after: recorded });
  });
});
