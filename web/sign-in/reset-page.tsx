import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { DeadLink } from './dead-link.tsx';
import { PasswordField } from './fields.tsx';
import { landingTexts } from './landing/texts.ts';
import { signInTexts } from './texts.ts';
import { useTokenOfLink } from './token-of-link.ts';
import { useAuthForm } from './use-auth-form.ts';

/** The page of a password link from an admin: its holder sets a new password. */
export function ResetPage() {
  const texts = { ...useTexts(signInTexts), ...useTexts(landingTexts) };
  const token = useTokenOfLink();
  const [done, setDone] = useState(false);
  const { form, submit, failed, isPending } = useAuthForm({
    fields: ['password'],
    isNew: true,
    send: ({ password }) => client.auth.reset.mutate({ token, newPassword: password }),
    done: () => setDone(true),
  });
  const isInvalid = failed instanceof KeysealRefusal && failed.reason === 'RESET_INVALID';
  return (
    <AuthLayout title={texts.reset} description={texts.resetMore}>
      {done && (
        <Stack role="status">
          <Text>{texts.resetDone}</Text>
          <Anchor component={Link} to="/sign-in">
            {texts.signIn}
          </Anchor>
        </Stack>
      )}
      {!done && (token === '' || isInvalid) && <DeadLink>{isInvalid && <Failed error={failed} />}</DeadLink>}
      {!done && token !== '' && !isInvalid && (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Stack>
            <PasswordField form={form} isNew />
            <Failed error={failed} />
            <Button type="submit" loading={isPending}>
              {texts.reset}
            </Button>
          </Stack>
        </form>
      )}
    </AuthLayout>
  );
}
