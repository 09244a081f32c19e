import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { outranks, ROLES, type Role } from '../../shared/roles.ts';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { isEmail } from '../sign-in/fields.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import { teamTexts } from './texts.ts';

/** The form's state, and the mutation that sends it. */
function useInviteForm() {
  const texts = useTexts(teamTexts);
  const queries = useQueryClient();
  const form = useForm<{ email: string; role: Role }>({
    mode: 'controlled',
    initialValues: { email: '', role: 'developer' },
    validate: { email: (value) => (isEmail(value.trim()) ? null : texts.emailWrong) },
  });
  const invite = useMutation(
    api.invitations.create.mutationOptions({
      onSuccess: async () => {
        form.reset();
        await queries.invalidateQueries(api.invitations.list.queryFilter());
      },
    }),
  );
  const submit = form.onSubmit(({ email, role }) => {
    if (!invite.isPending) invite.mutate({ email: email.trim(), role });
  });
  return { form, submit, invite };
}

/** Creates an invitation and shows its link once. */
export function InviteForm() {
  const texts = useTexts(teamTexts);
  const { dateTime } = useFormats();
  const mine = useMe().workspace.role ?? 'viewer';
  const { form, submit, invite } = useInviteForm();
  const made = invite.data?.invitation;
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-start">
        <TextInput
          label={texts.email}
          type="email"
          autoComplete="off"
          flex="1 1 14rem"
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <NativeSelect
          label={texts.role}
          flex="0 1 12rem"
          data={ROLES.filter((role) => !outranks(role, mine)).map((value) => ({
            value,
            label: texts.roles[value],
          }))}
          key={form.key('role')}
          {...form.getInputProps('role')}
        />
        <Button type="submit" loading={invite.isPending} mt={{ base: 0, xs: 22 }}>
          {texts.makeLink}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {texts.roleMay(form.getValues().role)}
      </Text>
      <Failed error={invite.error} />
      <OneTimeLink
        page="/invitation"
        token={invite.data?.token ?? null}
        title={texts.linkTitle}
        description={made ? texts.linkMore(made.email, dateTime(made.expiresAt)) : ''}
        onClose={() => invite.reset()}
      />
    </form>
  );
}
