import { Button, Stack } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { CodeRequired } from '../../client/browser-session.ts';
import { session } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { EmailField, PasswordField } from './fields.tsx';
import { signInTexts } from './texts.ts';
import { useAuthForm } from './use-auth-form.ts';

/** Few accounts need it, so it does not delay the first page. */
const CodeForm = lazy(async () => ({ default: (await import('./code-form.tsx')).CodeForm }));

interface SignInFormProps {
  /** The e-mail address, if it is known who signs in. */
  readonly email?: string;
  /** Whether the form is what the page is for. */
  readonly autoFocus?: boolean;
  readonly done: () => unknown;
}

/** The password, then a code if the account has a second factor. */
export function SignInForm({ email = '', autoFocus = false, done }: SignInFormProps) {
  const [challenge, setChallenge] = useState<string | null>(null);
  if (challenge !== null)
    return (
      <Suspense fallback={null}>
        <CodeForm challenge={challenge} done={done} retry={() => setChallenge(null)} />
      </Suspense>
    );
  const next = (due: string | null) => (due === null ? done() : setChallenge(due));
  return <PasswordStep email={email} autoFocus={autoFocus} done={next} />;
}

interface PasswordStepProps {
  readonly email: string;
  readonly autoFocus: boolean;
  /** @param challenge null if the user is signed in */
  readonly done: (challenge: string | null) => unknown;
}

function PasswordStep({ email, autoFocus, done }: PasswordStepProps) {
  const { signIn } = useTexts(signInTexts);
  const { form, submit, failed, isPending } = useAuthForm({
    fields: ['email', 'password'],
    email,
    send: ({ email, password }) => challengeAfter(session.signIn({ email, password })),
    done,
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <EmailField form={form} readOnly={email !== ''} offersPasskeys autoFocus={autoFocus} />
        <PasswordField form={form} />
        <Failed error={failed} />
        <Button type="submit" loading={isPending}>
          {signIn}
        </Button>
      </Stack>
    </form>
  );
}

async function challengeAfter(signedIn: Promise<unknown>): Promise<string | null> {
  try {
    await signedIn;
    return null;
  } catch (error) {
    if (error instanceof CodeRequired) return error.challenge;
    throw error;
  }
}
