import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { isName } from '../ui/is-name.ts';
import { Section } from '../ui/page/section.tsx';
import { teamTexts } from './texts.ts';

interface NameFormProps {
  readonly title: string;
  readonly description?: string;
  /** The place on the page that a link may lead to. */
  readonly id?: string;
  /** The current name. */
  readonly name: string;
  readonly act: string;
  readonly onAct: (name: string) => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** A section with a form for the name of a workspace. */
export function WorkspaceNameForm({
  id,
  title,
  description,
  name,
  act,
  onAct,
  isPending,
  error,
}: NameFormProps) {
  const texts = useTexts(teamTexts);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name },
    validate: {
      name: (value) => (isName(value) ? null : texts.nameWrong),
    },
  });
  const refused = refusedInput(error, { name: { name: texts.nameWrong } });
  const submit = form.onSubmit((values) => {
    if (!isPending) onAct(values.name.trim());
  });
  return (
    <Section isSplit title={title} description={description} {...(id ? { id } : {})}>
      <form onSubmit={submit} noValidate>
        <Group align="flex-start">
          <TextInput
            label={texts.name}
            maxLength={100}
            dir="auto"
            flex="1 1 14rem"
            autoComplete="off"
            key={form.key('name')}
            {...form.getInputProps('name')}
            error={form.errors['name'] ?? refused?.name}
          />
          <Button type="submit" variant="default" loading={isPending} mt={{ base: 0, xs: 22 }}>
            {act}
          </Button>
        </Group>
        <Failed error={refused ? null : error} />
      </form>
    </Section>
  );
}
