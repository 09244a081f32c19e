import { PasswordInput, TextInput } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { signInTexts } from './texts.ts';
import type { AuthForm } from './use-auth-form.ts';

interface FieldProps {
  readonly form: AuthForm;
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
      type="email"
      readOnly={readOnly}
      autoFocus={autoFocus}
      {...(readOnly ? { variant: 'unstyled' } : { required: true })}
      autoComplete={offersPasskeys ? 'username webauthn' : 'username'}
      {...form.inputProps('email')}
    />
  );
}

export function PasswordField({ form, isNew = false }: FieldProps & { readonly isNew?: boolean }) {
  const texts = useTexts(signInTexts);
  const input = form.inputProps('password');
  return (
    <PasswordInput
      label={isNew ? texts.newPassword : texts.password}
      required
      autoComplete={isNew ? 'new-password' : 'current-password'}
      description={isNew ? texts.passwordHint : undefined}
      visibilityToggleButtonProps={{ 'aria-label': texts.show, tabIndex: 0, 'aria-hidden': false }}
      aria-invalid={input.error === undefined ? undefined : true}
      {...input}
    />
  );
}

export function AccountNameField({ form }: FieldProps) {
  const { name, nameHint } = useTexts(signInTexts);
  return (
    <TextInput
      label={name}
      description={nameHint}
      autoComplete="name"
      maxLength={100}
      {...form.inputProps('name')}
    />
  );
}

export function SetupTokenField({ form }: FieldProps) {
  const { setupToken, setupTokenHint } = useTexts(signInTexts);
  return (
    <TextInput
      label={setupToken}
      description={setupTokenHint}
      autoComplete="off"
      required
      {...form.inputProps('setupToken')}
    />
  );
}
