import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { session } from '../api/browser-session.ts';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { AuthLayout } from './auth-layout.tsx';
import { landingTexts } from './landing/texts.ts';
import { signInTexts } from './texts.ts';

/** The state of a flow that links an identity begins with it. */
const LINK = 'link-';

/** The page to which an identity provider sends the browser back: finishes the sign-in, or links the identity. */
export function CallbackPage() {
  const texts = { ...useTexts(signInTexts), ...useTexts(landingTexts) };
  const [failed, setFailed] = useState<unknown>(null);
  const navigate = useNavigate();
  useEffect(() => {
    const url = takeCallbackUrl();
    if (url === null) return;
    finish(url).then((returnTo) => navigate({ href: returnTo, replace: true }), setFailed);
  }, [navigate]);
  return (
    <AuthLayout title={texts.returning}>
      {failed === null ? <Loading /> : <NotFinished error={failed} />}
    </AuthLayout>
  );
}

/** The URL of this page, once: it leaves the address bar and the history, since it holds the code. */
function takeCallbackUrl(): string | null {
  const { href, pathname, search } = globalThis.location;
  if (search === '') return null;
  globalThis.history.replaceState(globalThis.history.state, '', pathname);
  return href;
}

/** @returns the page that the user wanted */
async function finish(url: string): Promise<string> {
  const links = new URL(url).searchParams.get('state')?.startsWith(LINK);
  if (links) return (await client.identities.finishLink.mutate({ url, cookie: true })).returnTo;
  return (await session.finishSignIn(url))?.returnTo ?? '/';
}

function NotFinished({ error }: { readonly error: unknown }) {
  const texts = { ...useTexts(signInTexts), ...useTexts(landingTexts) };
  const taken = error instanceof KeysealRefusal && error.reason === 'CONFLICT';
  const denied = error instanceof KeysealRefusal && error.reason === 'ACCESS_DENIED';
  return (
    <Stack>
      {taken && <Text role="alert">{texts.taken}</Text>}
      {denied && <Text role="alert">{texts.denied}</Text>}
      {!taken && !denied && <Failed error={error} />}
      <Anchor component={Link} to="/sign-in">
        {texts.signIn}
      </Anchor>
    </Stack>
  );
}
