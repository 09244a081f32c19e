import type { Field } from './fields.ts';

export interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  /** Called with undefined to leave the property out. */
  readonly onChange: (value: unknown) => void;
}

/** The properties of the input for one kind of field. */
export type PropsOf<K extends Field['kind']> = FieldInputProps & {
  readonly field: Extract<Field, { kind: K }>;
};

/** The label and hint of every field. Descriptions are the service's own, in English. */
export const labelProps = ({ name, description, isRequired }: Field, more = '') => ({
  label: <code>{name}</code>,
  description: [description, more].filter((part) => part !== '').join(' ') || undefined,
  required: isRequired,
  name,
  autoComplete: 'off',
});
