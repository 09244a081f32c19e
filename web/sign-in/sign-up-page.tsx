import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { AuthLayout } from './auth-layout.tsx';
import { SignUpForm } from './sign-up-form.tsx';
import { SIGN_UP } from './sign-up-state.ts';
import { signInTexts } from './texts.ts';

export function SignUpPage() {
  const texts = useTexts(signInTexts);
  const { next } = useSearch({ from: '/sign-up' });
  const navigate = useNavigate();
  const [title, description] = {
    open: [texts.signUpTo],
    first: [texts.first, texts.firstMore],
    closed: [texts.closed, texts.closedMore],
  }[SIGN_UP] as [string, string?];
  return (
    <AuthLayout title={title} {...(description ? { description } : {})}>
      <Stack>
        {SIGN_UP !== 'closed' && (
          <SignUpForm by={SIGN_UP} done={() => navigate({ href: next ?? '/', replace: true })} />
        )}
        <Text size="sm" ta="center">
          {texts.haveAccount}{' '}
          <Anchor renderRoot={(props) => <Link {...props} to="/sign-in" search={{ next }} />}>
            {texts.signIn}
          </Anchor>
        </Text>
      </Stack>
    </AuthLayout>
  );
}
