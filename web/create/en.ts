export const en = {
  title: 'Create an API key',
  more: 'More options',
  create: 'Create the key',
  cancel: 'Cancel',
  close: 'Close',
  changed:
    'A key was made already from what stood here before; its answer was lost on the way. It is in the list. Send once more to make another one from what stands here now.',
  lostTitle: 'The key is there; its secrets were lost on the way',
  lost: 'The answer that held them did not arrive. They are shown once and kept nowhere, so they cannot be shown now. Rotate the key to give it new ones.',
  rotate: 'Rotate, and show the new secrets',
};
