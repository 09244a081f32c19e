import type { Field } from './fields.ts';

/** The values of a form. */
export type Values = Readonly<Record<string, unknown>>;

/** Changes one value of an input; undefined removes it. */
export function withValue(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : { ...values, [name]: value };
}

/** The value of an emptied field: left out, or an empty string if it is required. */
export const emptyOf = ({ kind, isRequired }: Field): unknown =>
  isRequired && kind === 'text' ? '' : undefined;

/** The initial input: the example, or the required properties. */
export function initialValues(fields: readonly Field[], example: unknown): Values {
  if (isValues(example)) return example;
  const required = fields.filter(({ isRequired }) => isRequired);
  return Object.fromEntries(
    required.flatMap((field): [string, unknown][] => {
      const value = initialOf(field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function initialOf(field: Field): unknown {
  switch (field.kind) {
    case 'choice':
      return field.options[0];
    case 'boolean':
      return false;
    case 'group':
      return initialValues(field.fields, undefined);
    case 'list':
      return [];
    default:
      return emptyOf(field);
  }
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values in raw JSON, or null if it is not a JSON object: a form can show nothing else. */
export function inputValues(text: string): Values | null {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return isValues(value) ? value : null;
  } catch {
    return null;
  }
}

/** Indented, for reading and editing. */
export const prettyOf = (values: Values): string => JSON.stringify(values, null, 2);
