export const en = {
  title: 'Create an API key',
  more: 'More options',
  create: 'Create the key',
  cancel: 'Cancel',
  close: 'Close',
  changed:
    'A key was already created from your earlier input, but the response did not arrive. The key is in the list. Send again to create another key from the current input.',
  lostTitle: 'The key was created, but its secrets did not arrive',
  lost: 'The response with the secrets did not arrive. Keyseal shows secrets only once. Rotate the key to get new ones.',
  lostOwnKey:
    'The response with the API key did not arrive. Keyseal shows it only once. Rotate the key in the list, with another public key.',
  rotate: 'Rotate, and show the new secrets',
};
