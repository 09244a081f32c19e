import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { session } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { BRAND } from '../ui/theme/brand.ts';
import { AuthLayout } from './auth-layout.tsx';
import { IssuerButtons } from './issuer-buttons.tsx';
import { PasskeyButton } from './passkey-button.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { HAS_DEMO, SIGN_UP } from './sign-up-state.ts';
import { signInTexts } from './texts.ts';

export function SignInPage() {
  const texts = useTexts(signInTexts);
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [signedOut] = useState(() => session.finishSignOut());
  useEffect(() => {
    // A reload does not say it again.
    if (signedOut) void navigate({ to: '/sign-in', search: { next }, replace: true });
  }, [signedOut, next, navigate]);
  const done = () => navigate({ href: next ?? '/', replace: true });
  return (
    <AuthLayout title={texts.signInTo(BRAND.name)}>
      <Stack>
        {signedOut && <Text role="status">{texts.signedOut}</Text>}
        <SignInForm done={done} autoFocus />
        <PasskeyButton done={done} />
        <IssuerButtons returnTo={next ?? '/'} />
        {SIGN_UP !== 'closed' && (
          <Text size="sm" ta="center">
            {texts.noAccount}{' '}
            <Anchor renderRoot={(props) => <Link {...props} to="/sign-up" search={{ next }} />}>
              {SIGN_UP === 'first' ? texts.first : texts.signUp}
            </Anchor>
          </Text>
        )}
        {HAS_DEMO && (
          <Text size="sm" ta="center">
            {texts.demo}
          </Text>
        )}
        <Text size="xs" c="dimmed" ta="center">
          {texts.forgotten}
        </Text>
      </Stack>
    </AuthLayout>
  );
}
