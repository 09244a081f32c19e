import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { isAcceptablePassword } from '../sign-in/fields.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { profileTexts } from './texts.ts';

const EMPTY = { current: '', next: '' };

/** The form's state, and what sends it. */
function usePasswordForm() {
  const texts = useTexts(profileTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: EMPTY,
    validate: {
      current: (value) => (value === '' ? texts.currentMissing : null),
      next: (value) => (isAcceptablePassword(value) ? null : texts.nextWrong),
    },
  });
  // Without `useMutation`, which would keep the passwords.
  const submit = form.onSubmit(async ({ current, next }) => {
    if (form.submitting) return;
    setFailed(null);
    try {
      await client.auth.changePassword.mutate({ currentPassword: current, newPassword: next });
      form.reset();
      notifications.show({ message: texts.changed });
    } catch (error) {
      const wrong = error instanceof KeysealRefusal && error.reason === 'CREDENTIALS_INVALID';
      if (wrong) form.setFieldError('current', texts.currentWrong);
      else setFailed(error);
    }
  });
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
