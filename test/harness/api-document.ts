import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ApiDocument, Operation, Schema } from '../../server/rpc/api-document.ts';
import type { Reason } from '../../shared/refusals.ts';

/** The operation of a procedure in a document. */
export function operationIn({ paths }: ApiDocument, name: string): Operation {
  const item = paths[`/api/${name}`];
  if (!item) throw new Error(`${name} is not in the document`);
  return 'get' in item ? item.get : item.post;
}

/** A validator of a schema within a document: it returns the errors. */
export function compile({ components }: ApiDocument, schema: Schema): (value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const check = ajv.compile({ components, ...schema });
  return (value) => (check(value) ? [] : (check.errors ?? []).map((error) => JSON.stringify(error)));
}

/** The schema of a refused call, which names the reasons that it can have. */
interface Refused {
  readonly allOf: readonly [unknown, Within<'error', Within<'data', Within<'reason', { enum: Reason[] }>>>];
}
type Within<Name extends string, Inner> = { readonly properties: Readonly<Record<Name, Inner>> };

/** The reasons that an operation names, by status. */
export function reasonsIn(
  { responses }: Pick<Operation, 'responses'>,
  { components }: ApiDocument,
): [number, Reason[]][] {
  return Object.entries(responses)
    .filter(([status]) => status !== '200')
    .map(([status, response]) => {
      const name = '$ref' in response ? (response.$ref.split('/').at(-1) ?? '') : '';
      const schema = components.responses[name]?.content['application/json']?.schema as unknown as Refused;
      return [Number(status), schema.allOf[1].properties.error.properties.data.properties.reason.enum];
    });
}
