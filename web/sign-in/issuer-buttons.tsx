import { Button, Divider, Stack } from '@mantine/core';
import { useState } from 'react';
import { session } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { ISSUERS } from './issuers.ts';
import { signInTexts } from './texts.ts';

/** A button for each identity provider; nothing if there is none. @param returnTo the page to show after sign-in */
export function IssuerButtons({ returnTo }: { readonly returnTo: string }) {
  const { signInWith, or } = useTexts(signInTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [leavesFor, setLeavesFor] = useState<string | null>(null);
  if (ISSUERS.length === 0) return null;
  const leave = async (name: string) => {
    setFailed(null);
    setLeavesFor(name);
    try {
      await session.signInWith(name, returnTo);
    } catch (error) {
      setFailed(error);
      setLeavesFor(null);
    }
  };
  return (
    <Stack>
      <Divider label={or} />
      {ISSUERS.map(({ name, title }) => (
        <Button
          key={name}
          variant="default"
          loading={leavesFor === name}
          disabled={leavesFor !== null && leavesFor !== name}
          onClick={() => void leave(name)}
        >
          <bdi>{signInWith(title)}</bdi>
        </Button>
      ))}
      <Failed error={failed} />
    </Stack>
  );
}
