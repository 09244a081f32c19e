import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { session } from '../api/browser-session.ts';
import { publicClient } from '../api/public-client.ts';

/**
 * Signs in the user whose passkey the browser finds.
 * @param autofill whether it waits until they pick one in the autofill of a field
 */
export async function signInByPasskey(autofill = false): Promise<void> {
  const { challenge, options } = await publicClient.auth.startPasskeySignIn.mutate({ cookie: true });
  const response = await startAuthentication({ optionsJSON: options, useBrowserAutofill: autofill });
  await session.signInWithPasskey({ challenge, response });
}

/** Offers passkeys in the autofill of a field with `autocomplete="… webauthn"`. @returns whether a user signed in */
export async function offerPasskeys(): Promise<boolean> {
  if (!(await browserSupportsWebAuthnAutofill())) return false;
  try {
    await signInByPasskey(true);
    return true;
  } catch (error) {
    // The user may sign in otherwise: only a response to a passkey that they picked concerns them.
    if (isPasskeyRefused(error)) throw error;
    return false;
  }
}

/** Whether the service refused a passkey, or its challenge. */
const isPasskeyRefused = (error: unknown): boolean =>
  error instanceof KeysealRefusal && ['CREDENTIALS_INVALID', 'SIGN_IN_INVALID'].includes(error.reason);

/** Ends the offer. */
export const endOffer = (): void => WebAuthnAbortService.cancelCeremony();

/** The names of errors of a browser or a device (WebAuthn §5.1). */
const OF_DEVICE: readonly string[] = [
  ...['AbortError', 'ConstraintError', 'InvalidStateError', 'NotAllowedError'],
  ...['NotReadableError', 'NotSupportedError', 'SecurityError', 'UnknownError'],
];

/** Whether the user cancelled, or the browser or the device could not do it; the service did not refuse anything. */
export const isAuthenticatorError = (error: unknown): boolean =>
  error instanceof Error && OF_DEVICE.includes(error.name);
