import { countedEn } from '../../language/counted.ts';

export const en = {
  save: 'Save the changes',
  undo: 'Discard',
  saved: 'Saved. It applies to every call from now on.',
  changed: (fields: string) => `Not saved yet: ${fields}.`,
  unsaved: 'Not saved yet',
  leave: 'Your changes to this key are not saved. Leave without saving them?',
  keptElsewhere: (fields: string) =>
    `Changed elsewhere while you were editing: ${fields}. Saving your changes keeps their change.`,
  replacedElsewhere: (fields: string) =>
    `Changed elsewhere while you were editing: ${fields}. Saving replaces their change with what you see here.`,
  contents: 'Settings of this key',
  model: 'All sections are saved together. Until then, calls follow the saved settings.',
  sections: {
    general: 'General',
    permissions: 'Permissions',
    access: 'Expiry and IP addresses',
    limits: 'Limits and credits',
    details: 'Verification and metadata',
  },
  values: {
    noExternalId: 'No external owner',
    permissions: (count: number, written: string) =>
      count === 0 ? 'None' : `${written} ${count === 1 ? 'permission' : 'permissions'}`,
    noExpiry: 'Never expires',
    until: (day: string) => `Until ${day}`,
    expired: (day: string) => `Expired on ${day}`,
    addresses: (count: number) =>
      count === 0 ? 'any IP address' : `${count} ${count === 1 ? 'IP address' : 'IP addresses'}`,
    limits: (count: number) => (count === 0 ? 'No limit' : `${count} ${count === 1 ? 'limit' : 'limits'}`),
    noCredits: 'no credit limit',
    credits: (left: string) => countedEn(left, 'credit', 'credits'),
    hosts: (count: number) =>
      count === 0 ? 'Verifies for no host' : `Verifies for ${countedEn(String(count), 'host', 'hosts')}`,
    metadata: 'metadata set',
    noMetadata: 'no metadata',
  },
  danger: 'Danger zone',
  dangerMore: 'Each action asks first, then takes effect at once.',
  revoked: 'This key is revoked: you can no longer change it.',
  readOnly: 'Your role in this workspace can read keys, but not change them.',
};
