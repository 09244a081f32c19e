import { Alert } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { feedbackTexts } from './texts.ts';
import { useOnline } from './use-online.ts';

/** Says that the browser has no connection, while it has none. */
export function Offline() {
  const { offline } = useTexts(feedbackTexts);
  const isOnline = useOnline();
  if (isOnline) return null;
  return (
    <Alert role="status" color="yellow">
      {offline}
    </Alert>
  );
}
