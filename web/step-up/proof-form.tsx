import { Button, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { shellTexts } from '../ui/texts.ts';
import { stepUpTexts } from './texts.ts';

/** What a user proves themselves with. */
export interface Proof {
  readonly password: string;
  /** Of the second factor, if the account has one. */
  readonly code?: string;
}

/** What a user confirms with the password and, if the account has a second factor, a code. */
export interface Pending {
  readonly title: string;
  readonly send: (proof: Proof) => Promise<unknown>;
}

/** Asks for the password and, if the account has a second factor, a code. */
export function PasswordDialog({ title, send, onClose }: Pending & { readonly onClose: () => void }) {
  const { close } = useTexts(shellTexts);
  return (
    <Modal opened title={title} onClose={onClose} closeButtonProps={{ 'aria-label': close }}>
      <ProofForm act={title} send={send} done={onClose} />
    </Modal>
  );
}

interface ProofFormProps extends Pick<Pending, 'send'> {
  /** The label of the button. */
  readonly act: string;
  readonly done: () => void;
  /** Above the fields. */
  readonly children?: ReactNode;
}

export function ProofForm({ act, send, done, children }: ProofFormProps) {
  const texts = useTexts(stepUpTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const { data: factor } = useQuery(api.secondFactor.get.queryOptions());
  const takesCode = Boolean(factor?.confirmedAt);
  const wrong =
    (failed instanceof KeysealRefusal && failed.reason === 'CREDENTIALS_INVALID') ||
    refusedInput(failed, { password: {}, code: {} }) !== null;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    setIsPending(true);
    try {
      const fields = new FormData(event.currentTarget);
      const password = String(fields.get('current-password'));
      await send({ password, ...(takesCode ? { code: String(fields.get('code')) } : {}) });
      done();
    } catch (error) {
      setFailed(error);
      setIsPending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {children}
        <PasswordInput
          label={texts.password}
          name="current-password"
          autoComplete="current-password"
          error={wrong && !takesCode ? texts.passwordWrong : undefined}
          data-autofocus
        />
        {takesCode && <CodeInput error={wrong ? texts.codeWrong : undefined} />}
        <Failed error={wrong ? null : failed} />
        <Button type="submit" loading={isPending}>
          {act}
        </Button>
      </Stack>
    </form>
  );
}

function CodeInput({ error }: { readonly error: string | undefined }) {
  const texts = useTexts(stepUpTexts);
  return (
    <TextInput
      label={texts.code}
      name="code"
      autoComplete="one-time-code"
      maxLength={64}
      autoCapitalize="off"
      spellCheck={false}
      error={error}
    />
  );
}
