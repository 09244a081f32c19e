import type { Field } from './fields.ts';

/** An input as a form fills it in. */
export type Values = Readonly<Record<string, unknown>>;

/** One value of an input changed; what is undefined is left out of it. */
export function withValue(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : { ...values, [name]: value };
}

/** What a field's value becomes when it is emptied: left out, or an empty text where it has to be there. */
export const emptyOf = ({ kind, isRequired }: Field): unknown =>
  isRequired && kind === 'text' ? '' : undefined;

/** An input to begin with: an example of it, or what has to be there. */
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

/** The values that a raw text holds, or null where it is no JSON object: no form shows anything else. */
export function inputValues(text: string): Values | null {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return isValues(value) ? value : null;
  } catch {
    return null;
  }
}

/** What a person reads and edits. */
export const prettyOf = (values: Values): string => JSON.stringify(values, null, 2);
