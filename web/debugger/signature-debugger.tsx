import { Button, Group, PasswordInput, SimpleGrid, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { EXAMPLE } from './example.ts';
import { type Findings, findingsOf, type Pastes } from './findings.ts';
import { FindingsView } from './findings-view.tsx';
import { hasGaps } from './known-call.ts';
import { debuggerTexts } from './texts.ts';

interface SignatureDebuggerProps {
  /** The request, as far as it is known. */
  readonly request?: string;
}

/** Finds out why a signature is refused, from what the user's code built or sent. Nothing leaves the page. */
export function SignatureDebugger({ request = '' }: SignatureDebuggerProps) {
  const texts = useTexts(debuggerTexts);
  const [pastes, setPastes] = useState<Pastes>({ request, base: '', secret: '' });
  const [found, setFound] = useState<Findings | 'unread' | 'nothing' | null>(null);
  const change = (name: keyof Pastes) => (event: { currentTarget: { value: string } }) => {
    setPastes({ ...pastes, [name]: event.currentTarget.value });
    setFound(null);
  };
  const fillIn = () => {
    setPastes(EXAMPLE);
    setFound(null);
  };
  const isIncomplete = hasGaps(pastes.request);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isIncomplete) return;
    if (pastes.request.trim() === '' && pastes.base.trim() === '') return setFound('nothing');
    setFound((await findingsOf(pastes)) ?? 'unread');
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate autoComplete="off">
      <Stack>
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <Pasted
            label={texts.request}
            description={texts.requestHint}
            value={pastes.request}
            onChange={change('request')}
            error={found === 'unread' ? texts.requestUnread : found === 'nothing' ? texts.nothing : undefined}
          />
          <Pasted
            label={texts.base}
            description={texts.baseHint}
            value={pastes.base}
            onChange={change('base')}
          />
        </SimpleGrid>
        <Secret value={pastes.secret} onChange={change('secret')} />
        <Actions isIncomplete={isIncomplete} fillIn={fillIn} />
        <div role="status">
          {found !== null && typeof found === 'object' && <FindingsView found={found} />}
        </div>
      </Stack>
    </form>
  );
}

interface ActionsProps {
  readonly isIncomplete: boolean;
  readonly fillIn: () => void;
}

/** Compares, once the request is complete. */
function Actions({ isIncomplete, fillIn }: ActionsProps) {
  const texts = useTexts(debuggerTexts);
  const id = useId();
  return (
    <Group gap="sm">
      <Button type="submit" disabled={isIncomplete} {...(isIncomplete ? { 'aria-describedby': id } : {})}>
        {texts.compare}
      </Button>
      <Button variant="default" onClick={fillIn}>
        {texts.example}
      </Button>
      {isIncomplete && (
        <Text size="sm" id={id}>
          {texts.incomplete}
        </Text>
      )}
    </Group>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (event: { currentTarget: { value: string } }) => void;
}

function Secret({ value, onChange }: FieldProps) {
  const texts = useTexts(debuggerTexts);
  return (
    <PasswordInput
      label={texts.secret}
      description={texts.secretHint}
      value={value}
      onChange={onChange}
      autoComplete="off"
      data-1p-ignore
      data-lpignore="true"
      visibilityToggleButtonProps={{ 'aria-label': texts.show, tabIndex: 0, 'aria-hidden': false }}
      maw="32rem"
    />
  );
}

interface PastedProps extends FieldProps {
  readonly label: string;
  readonly description: string;
  readonly error?: string | undefined;
}

function Pasted({ label, description, value, onChange, error }: PastedProps) {
  return (
    <Textarea
      label={label}
      description={description}
      value={value}
      onChange={onChange}
      error={error}
      // Below, so that both fields begin on one line.
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      rows={10}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  );
}
