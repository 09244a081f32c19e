import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { mutate } from '../harness/people.ts';
import { RUNTIMES, requires, VALIDATORS } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

type Parser = (input: unknown) => unknown;

// Their types are not installed for everybody.
// biome-ignore lint/suspicious/noExplicitAny: see above
const load = (name: (typeof VALIDATORS)[number]): any => createRequire(join(RUNTIMES, 'a.js'))(name);

/** The same input by each library: `{ text: string, tags: { name: string }[] }`. */
const PARSERS: Readonly<Record<string, () => Parser>> = {
  runtypes: () => {
    const { Object: object, Array: array, String: text, Union, Number: number } = load('runtypes');
    // A field that may be one of several things is named itself, not the number of an alternative.
    return object({ text: Union(text, object({ deep: number })), tags: array(object({ name: text })) });
  },
  effect: () => {
    const { Schema } = load('effect');
    return Schema.toStandardSchemaV1(struct(Schema));
  },
  effectFunction: () => {
    const { Schema } = load('effect');
    return Schema.decodeUnknownSync(struct(Schema), { errors: 'all' });
  },
  effect3: () => {
    const { Schema } = load('effect-3');
    return Schema.standardSchemaV1(struct(Schema));
  },
  effect3Function: () => {
    const { Schema } = load('effect-3');
    const decode = Schema.decodeUnknownSync(struct(Schema), { errors: 'all' });
    return (input) => decode(input);
  },
  effect3Promise: () => {
    const { Schema } = load('effect-3');
    const decode = Schema.decodeUnknownPromise(struct(Schema), { errors: 'all' });
    return (input) => decode(input);
  },
  superstruct: () => {
    const { object, array, string } = load('superstruct');
    return object({ text: string(), tags: array(object({ name: string() })) });
  },
  yup: () => {
    const { object, array, string } = load('yup');
    const text = string().strict().required();
    const schema = object({ text, tags: array(object({ name: text })).required() });
    return (input) => schema.validateSync(input, { abortEarly: false });
  },
  joi: () => {
    const joi = load('joi');
    const text = joi.string().required();
    const schema = joi.object({ text, tags: joi.array().items(joi.object({ name: text })) });
    return (input) => joi.attempt(input, schema, { abortEarly: false });
  },
};

// biome-ignore lint/suspicious/noExplicitAny: see above
const struct = ({ Struct, Array: array, String: text }: any) =>
  Struct({ text, tags: array(Struct({ name: text })) });

const procedure = createProcedure([])({ access: 'any' });

requires(...VALIDATORS).describe('C11: a validation library', () => {
  const { test } = requires(...VALIDATORS);
  const libraries = Object.keys(PARSERS);
  let service: TestService;
  beforeAll(async () => {
    const by = Object.fromEntries(
      Object.entries(PARSERS).map(([name, parser]) => [
        name,
        procedure.input(parser()).mutation(() => 'done'),
      ]),
    );
    service = await startTestService({ api: buildRegistry(router({ ...routes, by })) });
  });
  afterAll(() => service.stop());

  for (const library of libraries) {
    test(`${library} accepts valid input`, async () => {
      const right = { text: 'a', tags: [{ name: 'b' }] };
      expect((await mutate(service, service.demo, `by.${library}`, right)).json.result.data).toBe('done');
    });

    test(`${library} names each wrong member`, async () => {
      const wrong = { text: 7, tags: [{ name: 'b' }, { name: 7 }, {}] };
      const { status, json } = await mutate(service, service.demo, `by.${library}`, wrong);
      const { reason, issues } = json.error.data;
      expect([status, reason]).toEqual([400, 'INPUT_INVALID']);
      const named = issues.map(({ path }: { path: string }) => path);
      expect(named.sort()).toEqual(['tags.1.name', 'tags.2.name', 'text']);
      for (const { message } of issues) expect(message).toMatch(/string|missing|required/i);
    });
  }
});
