import { isName } from '../ui/is-name.ts';
import type { signInTexts } from './texts.ts';

/** What users fill in on the sign-in forms. */
export interface AuthFields {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly setupToken: string;
}

export type AuthField = keyof AuthFields;

/** The message next to each field that is wrong. */
export type AuthErrors = { readonly [field in AuthField]?: string };

/** The name of each field's input, by which password managers recognise it. */
export const INPUT_NAMES: Readonly<Record<AuthField, string>> = {
  email: 'email',
  password: 'password',
  name: 'name',
  setupToken: 'setup-token',
};

/** The fields of a form as they are filled in; those that it does not have are empty. */
export function readFields(form: HTMLFormElement): AuthFields {
  const data = new FormData(form);
  const textOf = (field: AuthField) => String(data.get(INPUT_NAMES[field]) ?? '');
  return {
    email: textOf('email').trim(),
    password: textOf('password'),
    name: textOf('name'),
    setupToken: textOf('setupToken'),
  };
}

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Whether the service accepts a new password: at least 12 characters, at most 1,024 bytes. */
export const isAcceptablePassword = (text: string): boolean =>
  [...text].length >= 12 && new TextEncoder().encode(text).length <= 1024;

export const isEmail = (text: string): boolean => text.length <= 254 && EMAIL.test(text);

/** Whether the page accepts a field. The service checks it again. */
const isRight: Readonly<Record<AuthField, (value: string) => boolean>> = {
  email: isEmail,
  password: (value) => value !== '',
  name: (value) => value.trim() === '' || isName(value),
  setupToken: (value) => value.trim() !== '',
};

/** @param isNew whether the password is a new one */
export function errorsIn(
  values: AuthFields,
  fields: readonly AuthField[],
  isNew: boolean,
  texts: (typeof signInTexts)['en']['errors'],
): AuthErrors {
  const accepts = isNew ? { ...isRight, password: isAcceptablePassword } : isRight;
  const messages = isNew ? { ...texts, password: texts.newPassword } : texts;
  const wrong = fields.filter((field) => !accepts[field](values[field]));
  return Object.fromEntries(wrong.map((field) => [field, messages[field]]));
}
