export const en = {
  title: 'Sessions',
  description:
    'Where you are signed in. A session signs every call with a key of its own; ended, it is refused everywhere at once.',
  current: 'this one',
  begun: 'Signed in',
  used: 'Last refreshed',
  address: 'Address',
  device: 'With',
  unknown: 'unknown',
  end: 'End',
  endOf: (device: string) => `End the session of ${device}`,
  endOthers: 'End all others',
  endOthersMore: 'Everywhere but here you will have to sign in again.',
  noOthers: 'You are signed in nowhere else.',
};
