import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { PASSKEYS_WORK } from '../passkeys/support.ts';
import { signInTexts } from './texts.ts';

/** Loaded when a user needs it: it is not part of the first page. */
const ceremony = () => import('../passkeys/ceremony.ts');
const PasskeyFailed = lazy(async () => ({
  default: (await import('../passkeys/passkey-failed.tsx')).PasskeyFailed,
}));

interface PasskeyButtonProps {
  readonly done: () => unknown;
}

/** Signs in by a passkey; nothing on a page on which none can work. */
export function PasskeyButton({ done }: PasskeyButtonProps) {
  const { signInWithPasskey } = useTexts(signInTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  useOffer(done, setFailed);
  if (!PASSKEYS_WORK) return null;
  const signIn = async () => {
    setFailed(null);
    setIsPending(true);
    try {
      await (await ceremony()).signInByPasskey();
      await done();
    } catch (error) {
      setFailed(error);
      setIsPending(false);
    }
  };
  return (
    <>
      <Button variant="default" loading={isPending} onClick={() => void signIn()}>
        {signInWithPasskey}
      </Button>
      <Suspense>{failed !== null && <PasskeyFailed error={failed} />}</Suspense>
    </>
  );
}

/** What a user does first on a page. */
const FIRST_SIGNS = ['pointermove', 'pointerdown', 'keydown', 'focusin'];

/** Offers passkeys in the autofill of the e-mail field, from the first sign of a user: until then it loads nothing. */
function useOffer(done: () => unknown, failed: (error: unknown) => void): void {
  const latest = useRef({ done, failed });
  latest.current = { done, failed };
  useEffect(() => {
    if (!PASSKEYS_WORK) return;
    const waiting = new AbortController();
    let isOver = false;
    let end = () => {};
    const offer = async () => {
      waiting.abort();
      // Without it the page has all other ways to sign in.
      const loaded = await ceremony().catch(() => null);
      if (loaded === null || isOver) return;
      end = loaded.endOffer;
      try {
        if ((await loaded.offerPasskeys()) && !isOver) await latest.current.done();
      } catch (error) {
        if (!isOver) latest.current.failed(error);
      }
    };
    for (const sign of FIRST_SIGNS)
      globalThis.addEventListener(sign, () => void offer(), { signal: waiting.signal });
    return () => {
      isOver = true;
      waiting.abort();
      end();
    };
  }, []);
}
