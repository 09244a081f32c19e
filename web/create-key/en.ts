export const en = {
  title: 'Create an API key',
  more: 'More options',
  create: 'Create the key',
  cancel: 'Cancel',
  close: 'Close',
  changed:
    'A key was already created from your earlier input, but the answer was lost on the way. The key is in the list. Send again to create another key from the current input.',
  lostTitle: 'The key was created, but its secrets were lost on the way',
  lost: 'The answer with the secrets did not arrive. Keyseal shows secrets only once. Rotate the key to get new ones.',
  rotate: 'Rotate, and show the new secrets',
};
