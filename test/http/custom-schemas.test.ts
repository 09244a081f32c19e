import { type } from 'arktype';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod-3';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { mutate, query } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const procedure = createProcedure([])({ access: 'any' });

/** The same input by each library: `{ text: string, tags: { name: string }[] }`. */
const PARSERS = {
  zod4: z.object({ text: z.string(), tags: z.array(z.object({ name: z.string() })) }),
  zod3: z3.object({ text: z3.string(), tags: z3.array(z3.object({ name: z3.string() })) }),
  valibot: v.object({ text: v.string(), tags: v.array(v.object({ name: v.string() })) }),
  arktype: type({ text: 'string', tags: [{ name: 'string' }, '[]'] }),
  /** A library that supports only Standard Schema, with keys as objects. */
  standard: {
    '~standard': {
      version: 1,
      vendor: 'test',
      types: undefined as unknown as { input: { text: string }; output: { text: string } },
      validate: (value: unknown) => {
        const { text, tags } = Object(value);
        const issues = [
          ...(typeof text === 'string' ? [] : [{ message: 'text is no text', path: [{ key: 'text' }] }]),
          ...(Array.isArray(tags) && tags.every((tag) => typeof tag.name === 'string')
            ? []
            : [{ message: 'name is no text', path: ['tags', 0, { key: 'name' }] }]),
        ];
        return issues.length > 0 ? { issues } : { value: value as { text: string } };
      },
    },
  },
} as const;

/** A parser of one's own, and what it says must not reach the caller. */
const ownParser = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
};

let service: TestService;

beforeAll(async () => {
  const mutations = {
    zod4: procedure.input(PARSERS.zod4).mutation(() => 'done'),
    zod3: procedure.input(PARSERS.zod3).mutation(() => 'done'),
    valibot: procedure.input(PARSERS.valibot).mutation(() => 'done'),
    arktype: procedure.input(PARSERS.arktype).mutation(() => 'done'),
    standard: procedure.input(PARSERS.standard).mutation(() => 'done'),
    own: procedure.input(ownParser).mutation(() => 'done'),
  };
  const optional = {
    zod4: procedure.input(z.string().optional()).query(() => 'done'),
    zod3: procedure.input(z3.string().optional()).query(() => 'done'),
    valibot: procedure.input(v.optional(v.string())).query(() => 'done'),
    arktype: procedure.input(type('string | undefined')).query(() => 'done'),
  };
  service = await startTestService({ api: buildRegistry(router({ ...routes, by: mutations, optional })) });
});
afterAll(() => service.stop());

const libraries = Object.keys(PARSERS);

describe('C11: an input schema', () => {
  it.each(libraries)('of %s accepts valid input', async (library) => {
    const right = { text: 'a', tags: [{ name: 'b' }] };
    expect((await mutate(service, service.demo, `by.${library}`, right)).json.result.data).toBe('done');
  });

  it.each(libraries)('of %s names each wrong member', async (library) => {
    const { status, json } = await mutate(service, service.demo, `by.${library}`, {
      text: 7,
      tags: [{ name: 7 }],
    });
    const { message, data } = json.error;
    expect([status, data.reason, message]).toEqual([
      ...[400, 'INPUT_INVALID', 'The input is not valid for this procedure.'],
    ]);
    expect(data.issues.map((issue: { path: string }) => issue.path).sort()).toEqual(['tags.0.name', 'text']);
    for (const issue of data.issues) expect(issue.message).toMatch(/string|no text/);
  });

  it('that is a custom function does not reveal what it threw', async () => {
    const { json } = await mutate(service, service.demo, 'by.own', 7);
    expect(json.error.data.issues).toEqual([{ path: '', message: 'The input cannot be read.' }]);
    expect(JSON.stringify(json)).not.toContain('ECONNREFUSED');
  });

  it('is described in the document as far as its library does', async () => {
    const document = await (await fetch(`${service.url}/openapi.json`)).json();
    const bodyOf = (name: string) =>
      document.paths[`/api/${name}`].post.requestBody.content['application/json'].schema;
    const described = (name: string) => document.components.schemas[bodyOf(name).$ref.split('/').at(-1)];
    for (const library of ['zod4', 'arktype']) {
      expect(described(`by.${library}`)).toMatchObject({ type: 'object', required: expect.any(Array) });
    }
    for (const library of ['zod3', 'valibot', 'standard']) {
      expect(described(`by.${library}`).description).toMatch(/does not/);
    }
  });

  it('that is optional is described so, and may be omitted', async () => {
    const document = await (await fetch(`${service.url}/openapi.json`)).json();
    for (const library of ['zod4', 'zod3', 'valibot', 'arktype']) {
      const { parameters } = document.paths[`/api/optional.${library}`].get;
      expect([library, parameters[0].required]).toEqual([library, false]);
      expect((await query(service, service.demo, `optional.${library}`)).json.result.data).toBe('done');
    }
  });
});
