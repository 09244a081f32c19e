import { countedEn } from '../language/counted.ts';
import { BRAND } from '../ui/theme/brand.ts';

export const en = {
  title: 'Create an API key',
  more: 'More options',
  create: 'Create the key',
  cancel: 'Cancel',
  leave: 'The key is not created yet, and your input would be lost. Leave this page?',
  preview: {
    title: 'What this key may do',
    nothing: 'Nothing yet: choose a permission.',
    never: 'It never expires.',
    until: (day: string) => `It is valid until the end of ${day} (UTC).`,
    noLimit: 'It may call as often as it wants.',
    limit: (calls: string, span: string) =>
      `At most ${countedEn(calls, 'call', 'calls')} in a window of ${span}.`,
    noCredits: 'No credit limit.',
    credits: (left: string) =>
      `It has ${countedEn(left, 'credit', 'credits')}. Without credits, its calls are refused.`,
    refilled: (left: string, amount: string, every: 'day' | 'month') =>
      `It has ${countedEn(left, 'credit', 'credits')}, refilled up to ${amount} each ${every}.`,
    anywhere: 'It may call from any IP address.',
    addresses: (list: string) => `It may call only from ${list}.`,
    manyAddresses: (count: number) => `It may call only from ${count} IP addresses or networks.`,
    signers: {
      secret: 'It signs with a secret that the service has too.',
      madePair: 'It signs with a private key that only you get.',
      ownPair: 'It signs with a private key that only you have.',
    },
    owner: (externalId: string) => `It shares the limits and credits of “${externalId}”, if it has any.`,
    service: 'It belongs to the workspace, and keeps working after you leave.',
  },
  close: 'Close',
  changed:
    'A key was already created from your earlier input, but the response did not arrive. The key is in the list. Send again to create another key from the current input.',
  lostTitle: 'The key was created, but its secrets did not arrive',
  lost: {
    secret: `The response with the secrets did not arrive. ${BRAND.name} shows secrets only once. Rotate the key to get new ones.`,
    madePair: `The response with the API key did not arrive. ${BRAND.name} shows it only once. Rotate the key to get a new one, with a new private key that this page makes.`,
    ownPair: `The response with the API key did not arrive. ${BRAND.name} shows it only once. Open the key in the list, and rotate it: with another public key, or with a key pair that this page makes.`,
  },
  rotate: { secret: 'Rotate, and show the new secrets', madePair: 'Rotate, with a new private key' },
};
