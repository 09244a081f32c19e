import { PasswordInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTexts } from '../language/language.ts';
import { signInTexts } from './texts.ts';

/** The fields of the sign-in forms. Password managers recognise them by `name` and `autoComplete`. */
export interface AuthFields {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly setupToken: string;
}

export const NO_FIELDS: AuthFields = { email: '', password: '', name: '', setupToken: '' };

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** Whether the service accepts a new password: at least 12 characters, at most 1,024 bytes. */
export const isAcceptablePassword = (text: string): boolean =>
  [...text].length >= 12 && new TextEncoder().encode(text).length <= 1024;

export const isEmail = (text: string): boolean => text.length <= 254 && EMAIL.test(text);

interface FieldProps {
  readonly form: UseFormReturnType<AuthFields>;
}

interface EmailFieldProps extends FieldProps {
  readonly readOnly?: boolean;
  /** Whether its autofill offers passkeys too. */
  readonly offersPasskeys?: boolean;
  readonly autoFocus?: boolean;
}

export function EmailField({
  form,
  readOnly = false,
  offersPasskeys = false,
  autoFocus = false,
}: EmailFieldProps) {
  const { email } = useTexts(signInTexts);
  return (
    <TextInput
      label={email}
      name="email"
      type="email"
      readOnly={readOnly}
      autoFocus={autoFocus}
      {...(readOnly ? { variant: 'unstyled' } : { required: true })}
      autoComplete={offersPasskeys ? 'username webauthn' : 'username'}
      key={form.key('email')}
      {...form.getInputProps('email')}
    />
  );
}

export function PasswordField({ form, isNew = false }: FieldProps & { readonly isNew?: boolean }) {
  const texts = useTexts(signInTexts);
  return (
    <PasswordInput
      label={isNew ? texts.newPassword : texts.password}
      name="password"
      required
      autoComplete={isNew ? 'new-password' : 'current-password'}
      description={isNew ? texts.passwordHint : undefined}
      visibilityToggleButtonProps={{ 'aria-label': texts.show, tabIndex: 0, 'aria-hidden': false }}
      key={form.key('password')}
      {...form.getInputProps('password')}
      aria-invalid={form.errors['password'] ? true : undefined}
    />
  );
}

export function AccountNameField({ form }: FieldProps) {
  const { name, nameHint } = useTexts(signInTexts);
  return (
    <TextInput
      label={name}
      description={nameHint}
      name="name"
      autoComplete="name"
      maxLength={100}
      key={form.key('name')}
      {...form.getInputProps('name')}
    />
  );
}

export function SetupTokenField({ form }: FieldProps) {
  const { setupToken, setupTokenHint } = useTexts(signInTexts);
  return (
    <TextInput
      label={setupToken}
      description={setupTokenHint}
      name="setup-token"
      autoComplete="off"
      required
      key={form.key('setupToken')}
      {...form.getInputProps('setupToken')}
    />
  );
}
