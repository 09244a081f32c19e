import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { session } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { signInTexts } from './texts.ts';

interface CodeFormProps {
  readonly challenge: string;
  readonly done: () => unknown;
  /** Returns to the password. */
  readonly retry: () => void;
}

/** The second step of a sign-in: the code of an authenticator app, or a recovery code. */
export function CodeForm({ challenge, done, retry }: CodeFormProps) {
  const texts = useTexts(signInTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const reason = failed instanceof KeysealRefusal ? failed.reason : null;
  const wrong = reason === 'CREDENTIALS_INVALID' || reason === 'INPUT_INVALID';
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    setIsPending(true);
    try {
      const code = String(new FormData(event.currentTarget).get('code'));
      await session.signInWithCode({ challenge, code });
      await done();
    } catch (error) {
      setFailed(error);
      setIsPending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <Text>{texts.codeMore}</Text>
        <TextInput
          label={texts.code}
          name="code"
          autoComplete="one-time-code"
          maxLength={64}
          autoCapitalize="off"
          spellCheck={false}
          required
          error={wrong ? texts.errors.code : undefined}
          autoFocus
        />
        {reason === 'SIGN_IN_INVALID' && <Text role="alert">{texts.codeLate}</Text>}
        <Failed error={wrong || reason === 'SIGN_IN_INVALID' ? null : failed} />
        <Button type="submit" loading={isPending}>
          {texts.signIn}
        </Button>
        <Anchor component="button" type="button" size="sm" ta="center" onClick={retry}>
          {texts.passwordAgain}
        </Anchor>
      </Stack>
    </form>
  );
}
