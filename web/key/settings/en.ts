export const en = {
  save: 'Save the changes',
  undo: 'Discard',
  saved: 'Saved. It applies to every call from now on.',
  changed: (fields: string) => `Not saved yet: ${fields}.`,
  unsaved: 'Not saved yet',
  leave: 'Your changes to this key are not saved. Leave without saving them?',
  keptElsewhere: (fields: string) =>
    `Changed elsewhere while you were editing: ${fields}. Saving your changes keeps that.`,
  replacedElsewhere: (fields: string) =>
    `Changed elsewhere while you were editing: ${fields}. Saving replaces that with what you see here.`,
  contents: 'Settings of this key',
  model: 'All sections are saved together. Until then, calls follow the saved settings.',
  sections: {
    general: 'General',
    permissions: 'Permissions',
    access: 'Expiry and addresses',
    limits: 'Limits and credits',
    details: 'Verification and metadata',
  },
  values: {
    noExternalId: 'No external owner',
    permissions: (count: number, written: string) =>
      count === 0 ? 'None' : `${written} ${count === 1 ? 'permission' : 'permissions'}`,
    noExpiry: 'Never expires',
    until: (day: string) => `Until ${day}`,
    addresses: (count: number) =>
      count === 0 ? 'any address' : `${count} ${count === 1 ? 'address' : 'addresses'}`,
    limits: (count: number) => (count === 0 ? 'No limit' : `${count} ${count === 1 ? 'limit' : 'limits'}`),
    noCredits: 'no credits needed',
    credits: (left: string) => `${left} credits`,
    hosts: (count: number) => (count === 0 ? 'No host' : `${count} ${count === 1 ? 'host' : 'hosts'}`),
    metadata: 'metadata set',
    noMetadata: 'no metadata',
  },
  danger: 'Danger zone',
  dangerMore: 'Takes effect at once, without saving.',
  revoked: 'This key is revoked: you can no longer change it.',
  readOnly: 'Your role in this workspace can read keys, but not change them.',
};
