export const en = {
  save: 'Save the changes',
  undo: 'Undo',
  saved: 'Saved. It applies to every call from now on.',
  nothing: 'You have not changed anything yet.',
  revoked: 'This key is revoked: you can no longer change it.',
  readOnly: 'Your role in this workspace can read keys, but not change them.',
};
