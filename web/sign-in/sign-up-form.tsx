import { Button, Stack } from '@mantine/core';
import { session } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { AccountNameField, EmailField, PasswordField, SetupTokenField } from './fields.tsx';
import { signInTexts } from './texts.ts';
import { useAuthForm } from './use-auth-form.ts';

interface SignUpFormProps {
  /** What permits the sign-up: open sign-up, the set-up token, or an invitation. */
  readonly by: 'open' | 'first' | { readonly invitationToken: string };
  /** The e-mail address, if it is known whose account it will be. */
  readonly email?: string;
  readonly done: () => unknown;
}

export function SignUpForm({ by, email = '', done }: SignUpFormProps) {
  const { signUp } = useTexts(signInTexts);
  const isFirst = by === 'first';
  const { form, submit, failed, isPending } = useAuthForm({
    fields: ['email', 'password', 'name', ...(isFirst ? (['setupToken'] as const) : [])],
    isNew: true,
    email,
    send: ({ name, setupToken, ...person }) =>
      session.signUp({
        ...person,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(isFirst ? { setupToken: setupToken.trim() } : {}),
        ...(typeof by === 'object' ? by : {}),
      }),
    done,
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {isFirst && <SetupTokenField form={form} />}
        <AccountNameField form={form} />
        <EmailField form={form} readOnly={email !== ''} />
        <PasswordField form={form} isNew />
        <Failed error={failed} />
        <Button type="submit" loading={isPending}>
          {signUp}
        </Button>
      </Stack>
    </form>
  );
}
