export const en = {
  title: 'Sessions',
  description:
    'Where you are signed in. A session signs every call with its own key. Once you end it, it is refused everywhere at once.',
  current: 'This session',
  begun: 'Signed in',
  used: 'Last refreshed',
  address: 'Address',
  device: 'With',
  signs: 'Signs with',
  privateKey: 'a key that only it has',
  secret: 'a secret that the service has too',
  unknown: 'unknown',
  end: 'End',
  endOf: (device: string) => `End the session of ${device}`,
  endOthers: 'End all others',
  endOthersMore: 'You must sign in again everywhere except here.',
  noOthers: 'You are signed in nowhere else.',
};
