import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTexts } from '../language/language.ts';
import { Failed } from '../shell/failed.tsx';
import { teamTexts } from './texts.ts';

interface NameFormProps {
  readonly title: string;
  readonly description?: string;
  /** As it is now. */
  readonly name: string;
  readonly act: string;
  readonly onAct: (name: string) => void;
  readonly waits: boolean;
  readonly error: unknown;
}

/** A section that asks for the name of a workspace. */
export function NameForm({ title, description, name, act, onAct, waits, error }: NameFormProps) {
  const texts = useTexts(teamTexts);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name },
    validate: {
      name: (value) => (value.trim() !== '' && [...value.trim()].length <= 100 ? null : texts.nameWrong),
    },
  });
  const submit = form.onSubmit((values) => {
    if (!waits) onAct(values.name.trim());
  });
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        {title}
      </Title>
      {description && <Text c="dimmed">{description}</Text>}
      <form onSubmit={submit} noValidate>
        <Group align="flex-start">
          <TextInput
            {...{ label: texts.name, maxLength: 100, dir: 'auto', flex: '1 1 14rem', autoComplete: 'off' }}
            key={form.key('name')}
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={waits} mt={25}>
            {act}
          </Button>
        </Group>
        <Failed error={error} />
      </form>
    </Stack>
  );
}
