import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { outranks, ROLES, type Role } from '../../shared/roles.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { isEmail } from '../sign-in/auth-fields.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { shellTexts } from '../ui/texts.ts';
import { teamTexts } from './texts.ts';

/** Who is invited, and as what. */
export interface InviteFields {
  readonly email: string;
  readonly role: Role;
}

interface InviteFormProps {
  readonly onInvite: (fields: InviteFields) => void;
  readonly onCancel: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** The e-mail address of a user, and their role with what it allows. */
export function InviteForm({ onInvite, onCancel, isPending, error }: InviteFormProps) {
  const texts = useTexts(teamTexts);
  const { cancel } = useTexts(shellTexts);
  const mine = useMe().workspace.role ?? 'viewer';
  const form = useForm<InviteFields>({
    mode: 'controlled',
    initialValues: { email: '', role: 'developer' },
    validate: { email: (value) => (isEmail(value.trim()) ? null : texts.emailWrong) },
  });
  const refused = refusedInput(error, { email: { email: texts.emailWrong } });
  const submit = form.onSubmit(({ email, role }) => {
    if (!isPending) onInvite({ email: email.trim(), role });
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text c="dimmed">{texts.inviteMore}</Text>
        <TextInput
          label={texts.email}
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
          error={form.errors['email'] ?? refused?.email}
        />
        <Radio.Group label={texts.role} {...form.getInputProps('role')}>
          <Stack gap="sm" mt={6}>
            {ROLES.filter((role) => !outranks(role, mine)).map((role) => (
              <Radio key={role} value={role} label={texts.roles[role]} description={texts.may[role]} />
            ))}
          </Stack>
        </Radio.Group>
        <Failed error={refused ? null : error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {texts.makeLink}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
