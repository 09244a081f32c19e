import { Text } from '@mantine/core';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { isAuthenticatorError } from './ceremony.ts';
import { passkeyTexts } from './texts.ts';

/** What a sign-in by a passkey that failed means for a user. */
export function PasskeyFailed({ error }: { readonly error: unknown }) {
  const text = failureText(error, useTexts(passkeyTexts));
  if (text === null) return <Failed error={error} />;
  return (
    <Text role="alert" size="sm">
      {text}
    </Text>
  );
}

/** @returns null for errors that are explained as those of any call */
function failureText(error: unknown, texts: typeof passkeyTexts.en): string | null {
  if (isAuthenticatorError(error)) return texts.none;
  const reason = error instanceof KeysealRefusal ? error.reason : null;
  if (reason === 'CREDENTIALS_INVALID') return texts.refused;
  return reason === 'SIGN_IN_INVALID' ? texts.late : null;
}
