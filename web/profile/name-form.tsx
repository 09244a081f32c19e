import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe, useMe } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { isName } from '../ui/is-name.ts';
import { profileTexts } from './texts.ts';

/** The form's state, and what saves it. */
function useNameForm(current: string) {
  const texts = useTexts(profileTexts);
  const save = useMutation(
    api.auth.updateProfile.mutationOptions({
      onSuccess: async () => {
        notifications.show({ message: texts.saved });
        await refreshMe();
      },
    }),
  );
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: current },
    validate: {
      name: (value) => (isName(value) ? null : texts.nameWrong),
    },
  });
  const refused = refusedInput(save.error, { name: { name: texts.nameWrong } });
  const submit = form.onSubmit(({ name }) => {
    if (!save.isPending) save.mutate({ name: name.trim() });
  });
  return { form, submit, save, refused };
}

export function UserNameForm() {
  const texts = useTexts(profileTexts);
  const { user } = useMe();
  const { form, submit, save, refused } = useNameForm(user?.name ?? '');
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={texts.email}
          variant="unstyled"
          autoComplete="username"
          value={user?.email ?? ''}
          readOnly
        />
        <TextInput
          label={texts.name}
          name="name"
          autoComplete="name"
          maxLength={100}
          dir="auto"
          key={form.key('name')}
          {...form.getInputProps('name')}
          error={form.errors['name'] ?? refused?.name}
        />
        <Failed error={refused ? null : save.error} />
        <Group>
          <Button type="submit" variant="default" loading={save.isPending}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
