export const en = {
  save: 'Save the changes',
  undo: 'Undo',
  saved: 'Saved. It holds for every call from now on.',
  nothing: 'Nothing is changed yet.',
  revoked: 'This key is revoked: nothing of it can be changed any more.',
  readOnly: 'Your role in this workspace reads keys, and does not change them.',
};
