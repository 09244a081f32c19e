import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { octetInputParser } from '@trpc/server/http';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { builtInApi } from '../../server/app/router.ts';
import { routes } from '../../server/app/routes.ts';
import { documentOf } from '../../server/openapi/document.ts';
import type { ApiDocument } from '../../server/rpc/api-document.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { fr } from '../../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../../shared/procedure-docs/procedure-text.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import { recordedContract } from '../contract/recorded.ts';
import { compile, operationIn, reasonsIn } from '../harness/api-document.ts';
import { signStandard } from '../harness/http-signature.ts';

const recorded = recordedContract().procedures;
const document = documentOf(builtInApi, 'https://api.keyseal.test');

const operationOf = (name: string, source = document) => operationIn(source, name);

async function problemsOf(source: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const found = await lintFromString({
    source: JSON.stringify(source),
    absoluteRef: 'openapi.json',
    config,
  });
  return found.map(({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

describe('the OpenAPI document, checked by a public linter,', () => {
  it('has no error and no warning', async () => {
    expect(await problemsOf(document)).toEqual([]);
  });

  it('has its mistakes found', async () => {
    const wrong = structuredClone(document) as unknown as { paths: Record<string, { get: object }> };
    Object.assign(wrong.paths['/api/health']?.get ?? {}, { operationId: 'exemple', summary: undefined });
    const problems = (await problemsOf(wrong)).join('\n');
    expect(problems).toContain('operation-operationId-unique');
    expect(problems).toContain('operation-summary');
  });
});

describe('every procedure in the document', () => {
  const all = [...builtInApi.procedures];

  it('is listed by its method, and no other is', () => {
    const said = Object.entries(document.paths).map(([path, item]) => [path, Object.keys(item)]);
    const known = all.map(([name, { type }]) => [`/api/${name}`, [type === 'mutation' ? 'post' : 'get']]);
    expect(said).toEqual(known);
  });

  it('has an id of its own, a summary and a description', () => {
    const operations = all.map(([name]) => operationOf(name));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { operationId, summary, description } of operations) {
      expect(operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
      expect(summary).toMatch(/^[^`[\]]{5,200}[^.:]$/);
      expect(description.length).toBeGreaterThan(summary.length);
      expect(description).not.toMatch(/\]\(/);
    }
    for (const [name, { guard }] of all) expect(guard.description, name).toMatch(/^[A-Z].*\.$/s);
    expect(Object.keys(fr).sort()).toEqual(all.map(([name]) => name).sort());
  });

  it('has a French text for every shape with words outside code', () => {
    const hasWords = (shape: string | undefined) => /[a-z]/i.test((shape ?? '').replace(/`[^`]*`/g, ''));
    for (const [name, { guard }] of all) {
      const { input, output } = guard.shapes ?? {};
      const texts = (fr as Readonly<Record<string, ProcedureText>>)[name];
      if (hasWords(input)) expect(texts?.input, `${name}: input`).toBeDefined();
      if (hasWords(output)) expect(texts?.output, `${name}: output`).toBeDefined();
    }
  });

  const bearers = {
    public: [],
    session: [''],
    user: ['userToken+'],
    key: ['apiKey+', 'apiKey+onBehalfOf+'],
    'key-for-user': ['apiKey+onBehalfOf+'],
    'key-or-user': ['apiKey+', 'userToken+'],
    any: ['apiKey+', 'apiKey+onBehalfOf+', 'userToken+'],
  };

  it.each(all)(
    '%s asks for the proofs of its guard in either form, and for its permission',
    (name, { guard }) => {
      const { security, description } = operationOf(name);
      const proofs = bearers[guard.access].flatMap((bearer) =>
        ['signature', 'signatureInput+httpSignature'].map((form) => bearer + form),
      );
      expect(security.map((together) => Object.keys(together).join('+')).sort()).toEqual(proofs.sort());
      const permission = 'permission' in guard ? guard.permission : undefined;
      expect(/Permission: `([^`]+)`/.exec(description)?.[1]).toBe(permission);
    },
  );

  it.each(all)('%s states its guard for programs, as the contract records it', (name) => {
    const {
      access,
      permission = null,
      environment = null,
      cost,
      stepUp = false,
    } = recorded[name]?.guard ?? {};
    expect(operationOf(name)['x-keyseal-guard']).toEqual({ access, permission, environment, cost, stepUp });
  });

  it.each(all)('%s is refused by reasons only under their own status', (name) => {
    for (const [status, reasons] of reasonsIn(operationOf(name), document)) {
      expect(reasons.length).toBeGreaterThan(0);
      for (const reason of reasons) expect(REFUSALS[reason].status, `${name} ${reason}`).toBe(status);
    }
  });
});

it('lists only refusals that callers can get', () => {
  const of = (name: string) => reasonsIn(operationOf(name), document).flatMap(([, reasons]) => reasons);
  expect(of('health').filter((reason) => REFUSALS[reason].status === 401)).toEqual([]);
  expect(of('health')).not.toContain('RATE_LIMITED');
  expect(of('sessions.list')).not.toContain('CREDITS_EXHAUSTED');
  expect(of('whoami')).not.toContain('CREDITS_EXHAUSTED');
  expect(of('keys.get')).not.toContain('BODY_TOO_LARGE');
  expect(of('keys.get')).toContain('KEY_NOT_FOUND');
  for (const name of builtInApi.procedures.keys()) {
    expect(of(name)).not.toContain('PROCEDURE_NOT_FOUND');
    expect(of(name)).not.toContain('METHOD_NOT_SUPPORTED');
  }
});

it('has a scheme for the header of each proof, and uses every one', () => {
  const schemes = document.components.securitySchemes as Record<string, { name?: string; scheme?: string }>;
  expect(Object.entries(schemes).map(([id, { name, scheme }]) => [id, name ?? scheme])).toEqual([
    ['apiKey', 'bearer'],
    ['userToken', 'bearer'],
    ['onBehalfOf', 'x-user-token'],
    ['signature', 'x-signature'],
    ['signatureInput', 'signature-input'],
    ['httpSignature', 'signature'],
  ]);
  const used = [...builtInApi.procedures.keys()].flatMap((name) =>
    operationOf(name).security.flatMap(Object.keys),
  );
  expect([...new Set(used)].sort()).toEqual(Object.keys(schemes).sort());
});

it('explains the signature by an example of the public vectors, byte for byte', () => {
  const file = join(import.meta.dirname, '../vectors/signature-v1.json');
  const { vectors } = JSON.parse(readFileSync(file, 'utf8'));
  const vector = vectors.find(({ name }: { name: string }) => name === 'POST JSON');
  const { description } = document.components.securitySchemes['signature'] as { description: string };
  const body = Buffer.from(vector.bodyBase64, 'base64').toString();
  const url = `${vector.method} https://${vector.authority}${vector.target}`;
  for (const part of [vector.signingSecret, vector.base, `x-signature: ${vector.signature}`, body, url]) {
    expect(description).toContain(part);
  }
});

it('explains the RFC 9421 signature with the same example', () => {
  const { description } = document.components.securitySchemes['httpSignature'] as { description: string };
  const input = /signature-input: sig1=(.*)/.exec(description)?.[1] ?? '';
  const parameter = (name: string) => new RegExp(`;${name}=([^;]*)`).exec(input)?.[1] ?? '';
  const parameters = Object.fromEntries(['created', 'nonce', 'keyid'].map((name) => [name, parameter(name)]));
  const signingSecret = 'kss_gd2vd_Er1uyZAlIa_ZnYd7chlN_Xc-1HSyGbDS1GHXy';
  const { headers } = signStandard({ id: '', apiKey: 'any', signingSecret }, '/api/echo', {
    ...{ authority: 'api.example.com', scheme: 'https', body: '{"text":"bonjour"}', parameters },
  });
  for (const [name, value] of headers.slice(2).filter(([name]) => name !== 'content-type'))
    expect(description).toContain(`${name}: ${value}`);
});

interface Parsers {
  readonly inputs: readonly z.ZodType[];
  readonly output: z.ZodType;
}

interface Answered {
  readonly result: { readonly data: unknown };
}

describe('the examples of the document', () => {
  const all = [...builtInApi.procedures];

  it.each(all)('of %s are valid under its schemas, and by its parsers', (name, { type }) => {
    const { parameters, requestBody, responses } = operationOf(name);
    const { inputs, output } = builtInApi.procedures.get(name) as unknown as Parsers;
    const asked = (requestBody ?? parameters?.[0])?.content['application/json'];
    const answer = responses['200'] && 'content' in responses['200'] ? responses['200'].content : {};
    const answered = answer['application/json'];
    if (asked?.example !== undefined) {
      expect(compile(document, asked.schema)(asked.example)).toEqual([]);
      expect(inputs[0]?.parse(asked.example)).toBeDefined();
    }
    // A stream declares no output.
    if (type === 'subscription') return;
    expect(compile(document, answered?.schema ?? { not: {} })(answered?.example)).toEqual([]);
    const data = (answered?.example as Answered | undefined)?.result.data;
    expect(output.parse(data)).toEqual(data);
  });

  it.each(all)('of %s exist: of its input if that is JSON, and of its output', (name, { type, guard }) => {
    const { parameters, requestBody } = operationOf(name);
    const takesJson = (requestBody ?? parameters?.[0])?.content['application/json'] !== undefined;
    expect('input' in (guard.example ?? {}) || !takesJson, 'input').toBe(true);
    expect('output' in (guard.example ?? {}) || type === 'subscription', 'output').toBe(true);
  });
});

it('show both media types for uploads, and events for streams', () => {
  expect(Object.keys(operationOf('upload').requestBody?.content ?? {})).toEqual([
    'multipart/form-data',
    'application/octet-stream',
  ]);
  const { responses } = operationOf('keys.tail');
  expect(responses['200'] && 'content' in responses['200'] && Object.keys(responses['200'].content)).toEqual([
    'text/event-stream',
  ]);
});

describe('custom procedures in the document', () => {
  const procedure = createProcedure(['notes:write']);
  type Tree = { readonly text: string; readonly branches: readonly Tree[] };
  const Tree: z.ZodType<Tree> = z.object({
    text: z.string(),
    get branches() {
      return z.array(Tree);
    },
  });
  const Note = z.object({ id: z.string(), at: z.date() }).meta({ id: 'Note' });
  const standard = {
    '~standard': {
      version: 1,
      vendor: 'another',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => ({ type: 'integer', minimum: 7 }), output: () => ({ type: 'integer' }) },
    },
  } as const;
  const own = {
    notes: {
      add: procedure({
        access: 'key',
        permission: 'notes:write',
        environment: 'live',
        cost: 5,
        description: 'Takes a note down. It is *kept*.',
        refusals: ['CONFLICT'],
        example: { input: { text: 'Buy milk' } },
      })
        .input(z.strictObject({ text: z.string().min(1).max(1000) }))
        .output(Note)
        .mutation(() => ({ id: '', at: new Date() })),
      list: procedure({ access: 'any' })
        .output(z.array(Note))
        .query(() => []),
      tree: procedure({ access: 'user' })
        .input(Tree)
        .output(Tree)
        .query(({ input }) => input),
      two: procedure({ access: 'user' })
        .input(z.object({ a: z.string() }))
        .input(z.object({ b: z.string() }))
        .mutation(() => 1),
      standard: procedure({ access: 'any' })
        .input(standard as never)
        .query(() => 1),
      odd: procedure({ access: 'any' })
        .input(() => 1)
        .query(() => 1),
      bytes: procedure({ access: 'any' })
        .input(octetInputParser)
        .mutation(() => 1),
    },
    'notes-add': procedure({ access: 'any' }).mutation(() => 1),
  };
  let customDocument: ApiDocument;
  beforeAll(() => {
    customDocument = documentOf(describeApi(router({ ...routes, ...own })), 'https://api.keyseal.test');
  });

  it('are listed with the built-in ones without an error of the linter', async () => {
    expect(Object.keys(customDocument.paths)).toEqual(
      expect.arrayContaining(['/api/notes.add', '/api/keys.create']),
    );
    expect(await problemsOf(customDocument)).toEqual([]);
  });

  it('are described by their guards', () => {
    const operation = operationOf('notes.add', customDocument);
    const { summary, description, tags, responses } = operation;
    expect(operation.requestBody?.content['application/json']?.example).toEqual({ text: 'Buy milk' });
    expect(operation['x-keyseal-guard']).toEqual({
      access: 'key',
      permission: 'notes:write',
      environment: 'live',
      cost: 5,
      stepUp: false,
    });
    expect(summary).toBe('Takes a note down');
    expect(tags).toEqual(['notes']);
    expect(description).toBe(
      'Takes a note down. It is *kept*.\n\nCalled by: a key. Permission: `notes:write`. Of keys, only those of the environment `live`. Credits: 5.',
    );
    const reasons = reasonsIn({ responses }, customDocument).flatMap(([, one]) => one);
    expect(reasons).toEqual(expect.arrayContaining(['CONFLICT', 'ENVIRONMENT_DENIED', 'CREDITS_EXHAUSTED']));
    expect(operationOf('notes.list', customDocument).summary).toBe('notes.list');
  });

  it('have distinct names, even if they would collide', () => {
    expect(operationOf('notes.add', customDocument).operationId).toBe('notesAdd');
    expect(operationOf('notes-add', customDocument).operationId).toBe('notesAdd2');
  });

  it('share named schemas, and may be recursive', () => {
    const note = { $ref: '#/components/schemas/Note' };
    expect(customDocument.components.schemas['NotesListOutput']).toEqual({ type: 'array', items: note });
    expect(customDocument.components.schemas['Note']).toMatchObject({
      properties: { at: { type: 'string', format: 'date-time' } },
    });
    const check = compile(customDocument, { $ref: '#/components/schemas/NotesTreeInput' });
    expect(check({ text: 'a', branches: [{ text: 'b', branches: [] }] })).toEqual([]);
    expect(check({ text: 'a', branches: [{ text: 1, branches: [] }] })).not.toEqual([]);
  });

  it('with several inputs require all of them', () => {
    const content = operationOf('notes.two', customDocument).requestBody?.content['application/json'];
    const check = compile(customDocument, content?.schema ?? { not: {} });
    expect(check({ a: '', b: '' })).toEqual([]);
    expect(check({ a: '' })).not.toEqual([]);
    expect(check({ b: '' })).not.toEqual([]);
  });

  it('with schemas of other libraries are described if possible, else unconstrained', () => {
    const { schemas } = customDocument.components;
    expect(schemas['NotesStandardInput']).toEqual({ type: 'integer', minimum: 7 });
    expect(schemas['NotesOddInput']).toEqual({
      description: 'This procedure does not declare its schema.',
    });
    expect(Object.keys(operationOf('notes.bytes', customDocument).requestBody?.content ?? {})).toEqual([
      'application/octet-stream',
    ]);
  });
});
