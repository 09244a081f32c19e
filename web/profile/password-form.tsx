import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { isAcceptablePassword } from '../sign-in/auth-fields.ts';
import { signInTexts } from '../sign-in/texts.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { profileTexts } from './texts.ts';

const EMPTY = { current: '', next: '' };

/** The form's state, and what sends it. */
function usePasswordForm() {
  const texts = useTexts(profileTexts);
  const { errors } = useTexts(signInTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: EMPTY,
    validate: {
      current: (value) => (value === '' ? texts.currentMissing : null),
      next: (value) => (isAcceptablePassword(value) ? null : texts.nextWrong),
    },
  });
  const messages = {
    currentPassword: { current: texts.currentWrong },
    newPassword: { next: errors.weakPassword },
  };
  // Without `useMutation`, which would keep the passwords.
  const send = async ({ current, next }: typeof EMPTY) => {
    if (form.submitting) return;
    setFailed(null);
    try {
      await client.auth.changePassword.mutate({ currentPassword: current, newPassword: next });
      form.reset();
      notifications.show({ message: texts.changed });
    } catch (error) {
      const wrong = error instanceof KeysealRefusal && error.reason === 'CREDENTIALS_INVALID';
      const refused = wrong ? { current: texts.currentWrong } : refusedInput(error, messages);
      if (refused) form.setErrors(refused);
      else setFailed(error);
    }
  };
  const submit = form.onSubmit(send, () => setFailed(null));
  return { form, submit, failed };
}

export function PasswordForm() {
  const texts = useTexts(profileTexts);
  const { user } = useMe();
  const { form, submit, failed } = usePasswordForm();
  const eye = { 'aria-label': texts.show, tabIndex: 0, 'aria-hidden': false };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {/* Tells password managers whose password it is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={user?.email ?? ''}
          readOnly
          hidden
        />
        <PasswordInput
          label={texts.current}
          name="current-password"
          autoComplete="current-password"
          visibilityToggleButtonProps={eye}
          key={form.key('current')}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={texts.next}
          description={texts.nextHint}
          name="new-password"
          autoComplete="new-password"
          visibilityToggleButtonProps={eye}
          key={form.key('next')}
          {...form.getInputProps('next')}
        />
        <Failed error={failed} />
        <Group>
          <Button type="submit" variant="default" loading={form.submitting}>
            {texts.change}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
