import { Button, Stack } from '@mantine/core';
import { session } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { EmailField, PasswordField } from './fields.tsx';
import { signInTexts } from './texts.ts';
import { useEnter } from './use-auth-form.ts';

interface SignInFormProps {
  /** The e-mail address, if it is known who signs in. */
  readonly email?: string;
  readonly done: () => unknown;
}

export function SignInForm({ email = '', done }: SignInFormProps) {
  const { signIn } = useTexts(signInTexts);
  const { form, submit, failed, waits } = useEnter({
    fields: ['email', 'password'],
    email,
    send: ({ email, password }) => session.signIn({ email, password }),
    done,
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <EmailField form={form} />
        <PasswordField form={form} />
        <Failed error={failed} />
        <Button type="submit" loading={waits}>
          {signIn}
        </Button>
      </Stack>
    </form>
  );
}
