import { describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { documentOf } from '../../server/openapi/document.ts';
import { draftOf } from '../../web/playground/draft.ts';
import { type Field, type FieldSchema, inputFieldsOf } from '../../web/playground/input/fields.ts';
import { initialValues, inputValues, withValue } from '../../web/playground/input/input.ts';
import { type OpenApiDocument, type Procedure, proceduresOf } from '../../web/playground/procedures.ts';

const document = documentOf(builtInApi, 'https://api.example.com') as unknown as OpenApiDocument;
const procedures = proceduresOf(document);
const procedure = (name: string) => procedures.find((one) => one.name === name) as Procedure;
const fieldsOfInput = (name: string) => inputFieldsOf(procedure(name).schema, document.components.schemas);

describe('the procedures that a page can call', () => {
  it('are all procedures except the refresh of a session, with their callers', () => {
    const known = [...builtInApi.procedures].filter(([, { guard }]) => guard.access !== 'session');
    const declared = procedures.map(({ name, access, permission }) => [name, access, permission]);
    expect(declared.sort()).toEqual(
      known
        .map(([name, { guard }]) => [
          name,
          guard.access,
          'permission' in guard ? (guard.permission ?? null) : null,
        ])
        .sort(),
    );
  });

  it('have a form, except for bytes', () => {
    const formless = procedures.filter(({ name }) => fieldsOfInput(name) === null).map(({ name }) => name);
    expect(formless).toEqual(['upload']);
  });
});

const shapeOf = (fields: readonly Field[] | null): unknown =>
  Object.fromEntries(
    (fields ?? []).map((field) => [
      `${field.name}${field.isRequired ? '' : '?'}${field.isNullable ? '|null' : ''}`,
      field.kind === 'group' ? shapeOf(field.fields) : field.kind,
    ]),
  );

describe('the form of an input', () => {
  it('has a field for each property', () => {
    expect(shapeOf(fieldsOfInput('keys.create'))).toEqual({
      name: 'text',
      environment: 'choice',
      permissions: 'list',
      'expiresAt?': 'date-time',
      'allowedAddresses?': 'list',
      'limits?': 'json',
      'credits?': { remaining: 'number', 'refill?': { amount: 'number', every: 'choice' } },
      'externalId?': 'text',
      'authorities?': 'list',
      'metadata?': 'json',
      'publicKey?': 'json',
      'proof?': 'text',
      'service?': 'boolean',
      'idempotencyKey?': 'text',
    });
  });

  it('has nullable values, and bounds', () => {
    const fields = fieldsOfInput('keys.update') ?? [];
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(byName.get('expiresAt')).toMatchObject({ kind: 'date-time', isNullable: true, isRequired: false });
    expect(byName.get('name')).toMatchObject({ kind: 'text', min: 1, max: 100, isSecret: false });
    expect(fieldsOfInput('keys.list')?.[0]).toMatchObject({
      kind: 'number',
      isInteger: true,
      min: 1,
      max: 100,
    });
  });

  it('falls back to JSON for what has no field, also for a recursive schema', () => {
    const tree: FieldSchema = {
      type: 'object',
      properties: { inner: { $ref: '#/components/schemas/Tree' } },
    };
    const schema: FieldSchema = {
      type: 'object',
      properties: {
        either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        pairs: { type: 'array', items: { type: 'array' } },
        tree: { $ref: '#/components/schemas/Tree' },
      },
    };
    const shape = shapeOf(inputFieldsOf(schema, { Tree: tree }));
    expect(shape).toMatchObject({ 'either?': 'json', 'pairs?': 'json' });
    expect(JSON.stringify(shape)).toContain('json"}}');
    expect(inputFieldsOf({ anyOf: [{ type: 'string' }] }, {})).toBeNull();
  });
});

describe('an input', () => {
  it('begins with an example, or with the required properties', () => {
    const fields = fieldsOfInput('keys.create') ?? [];
    expect(initialValues(fields, { name: 'a' })).toEqual({ name: 'a' });
    expect(initialValues(fields, undefined)).toEqual({ name: '', environment: 'live', permissions: [] });
  });

  it('omits emptied fields, and is the same in both views', () => {
    const values = withValue(withValue({ a: 1 }, 'b', 'x'), 'a', undefined);
    expect(values).toEqual({ b: 'x' });
    expect(inputValues(JSON.stringify(values))).toEqual(values);
    expect([inputValues(''), inputValues('[1]'), inputValues('{')]).toEqual([{}, null, null]);
  });

  it('is in the URL of a query, and in the body of a mutation', () => {
    expect(draftOf(procedure('exemple'), '{"name":"l\'été"}')).toEqual({
      method: 'GET',
      target: '/api/exemple?input=%7B%22name%22%3A%22l%27%C3%A9t%C3%A9%22%7D',
      contentType: '',
      body: null,
    });
    expect(draftOf(procedure('exemple'), ' {} ').target).toBe('/api/exemple');
    // A name of the service's own, for programs in whose strings an apostrophe is the end.
    const own = { ...procedure('exemple'), name: "l'été" };
    expect(draftOf(own, '{}').target).toBe('/api/l%27%C3%A9t%C3%A9');
    expect(draftOf(procedure('keys.get'), '{}').target).toBe('/api/keys.get?input=%7B%7D');
    expect(draftOf(procedure('echo'), '{"text":"a"}')).toEqual({
      method: 'POST',
      target: '/api/echo',
      contentType: 'application/json',
      body: '{"text":"a"}',
    });
  });
});
