import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import { LeakDialog } from './leak-dialog.tsx';
import { leakTexts } from './texts.ts';

/** Leads to what to do about a key that may have leaked. The key may be revoked while the dialog is open. */
export function LeakButton({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const { open } = useTexts(leakTexts);
  const mayWrite = useMay('keys:write');
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpened(false);
    button.current?.focus({ preventScroll: true });
  };
  return (
    <>
      {mayWrite && apiKey.status !== 'revoked' && (
        <Button ref={button} variant="default" px={{ base: 'xs', sm: 'md' }} onClick={() => setOpened(true)}>
          {open}
        </Button>
      )}
      {opened && <LeakDialog apiKey={apiKey} onClose={close} />}
    </>
  );
}
