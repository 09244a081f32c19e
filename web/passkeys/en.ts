export const en = {
  none: 'No passkey was used: it was cancelled, or this device has none for this service.',
  refused:
    'This passkey is not accepted: it was removed or disabled, or your account was. Sign in another way.',
  late: 'This took too long. Try again.',
};
