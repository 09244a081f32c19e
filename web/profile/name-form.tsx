import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe, useMe } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { isName } from '../ui/is-name.ts';
import { profileTexts } from './texts.ts';

export function PersonNameForm() {
  const texts = useTexts(profileTexts);
  const { user } = useMe();
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
    initialValues: { name: user?.name ?? '' },
    validate: {
      name: (value) => (isName(value) ? null : texts.nameWrong),
    },
  });
  const submit = form.onSubmit(({ name }) => {
    if (!save.isPending) save.mutate({ name: name.trim() });
  });
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
        />
        <Failed error={save.error} />
        <Group>
          <Button type="submit" variant="default" loading={save.isPending}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
