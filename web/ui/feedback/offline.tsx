import { Alert } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

/** Says that the browser has no connection, while it has none. */
export function Offline() {
  const { offline } = useTexts(shellTexts);
  const { online } = useNetwork();
  if (online) return null;
  return (
    <Alert role="status" color="yellow">
      {offline}
    </Alert>
  );
}
