import { Checkbox, Stack, Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { type Registration, readRegistration } from '../key-form/registration.ts';
import { type FieldErrors, fieldTexts } from '../key-form/texts.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';

/** Whether the new pair of a key has a public key in place of a signing secret, and which. */
export interface PublicKeyChoice {
  readonly isUsed: boolean;
  readonly text: string;
  readonly setUsed: (isUsed: boolean) => void;
  readonly setText: (text: string) => void;
  /** What is sent of it; null if the text is no registration, which the field then says. */
  readonly read: () => Partial<Registration> | null;
  readonly isWrong: boolean;
}

/** @param wasUsed whether the current pair has a public key: then nobody gives it up by mistake */
export function usePublicKeyChoice(wasUsed: boolean): PublicKeyChoice {
  const [isUsed, setUsed] = useState(wasUsed);
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const read = () => {
    const registration = isUsed ? readRegistration(text) : {};
    setWrong(registration === null);
    return registration;
  };
  const change = (changed: string) => {
    setText(changed);
    setWrong(false);
  };
  return { isUsed, text, setUsed, setText: change, read, isWrong };
}

interface PublicKeyFieldProps {
  readonly choice: PublicKeyChoice;
  /** That of the call. */
  readonly error: unknown;
  readonly disabled: boolean;
}

/** The choice between a signing secret and a public key. */
export function PublicKeyField({ choice, error, disabled }: PublicKeyFieldProps) {
  const { rotate: texts } = useTexts(keysTexts);
  const { publicKey, publicKeyHint, errors } = useTexts(fieldTexts);
  const fault = choice.isWrong ? errors.publicKey : refusedBy(error, errors);
  const field = useRef<HTMLTextAreaElement>(null);
  // The focus makes a screen reader say what is wrong.
  useEffect(() => {
    if (fault !== null) field.current?.focus();
  }, [fault]);
  return (
    <Stack gap="xs">
      <Checkbox
        label={texts.usePublicKey}
        description={texts.usePublicKeyMore}
        disabled={disabled}
        checked={choice.isUsed}
        onChange={({ currentTarget }) => choice.setUsed(currentTarget.checked)}
      />
      {choice.isUsed && (
        <Textarea
          label={publicKey}
          description={publicKeyHint}
          autoComplete="off"
          spellCheck={false}
          disabled={disabled}
          ref={field}
          rows={4}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={choice.text}
          error={fault}
          onChange={({ currentTarget }) => choice.setText(currentTarget.value)}
        />
      )}
    </Stack>
  );
}

/** What a refusal says of the registration; null if it is about something else. */
export function refusedBy(error: unknown, errors: Pick<FieldErrors, 'publicKey' | 'proof'>): string | null {
  const { issues = [] } = error instanceof KeysealRefusal ? error.details : {};
  const [path = ''] = issues.map((issue) => issue.path);
  if (path === 'proof') return errors.proof;
  return path.startsWith('publicKey') ? errors.publicKey : null;
}
