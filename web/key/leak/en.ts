import { countedEn } from '../../language/counted.ts';

export const en = {
  open: 'Report a leak…',
  title: 'This key may have leaked',
  close: 'Close',
  cancel: 'Cancel',
  evidence: 'What the key did',
  lastUsed: (at: string) => `It was last used ${at}.`,
  neverUsed: 'It was never used.',
  addresses: 'IP addresses from which it made changes',
  address: 'IP address',
  times: 'Changes',
  last: 'Last time',
  noAddresses: 'It changed nothing, so no IP address is recorded.',
  addressesMore:
    'Calls that only read leave no IP address. The tab “Live calls” shows the IP address of each call as it ends.',
  noAudit:
    'Your role cannot read the audit log, which lists the IP addresses that used this key and what it changed.',
  made: 'What it changed last',
  partial: (written: string) => `Only the newest ${written} records are considered.`,
  refused: (written: string) =>
    `${countedEn(written, 'call with this key was', 'calls with this key were')} refused in the last 24 hours.`,
  breaks: 'Impact',
  calls: (hour: string, day: string) =>
    `${countedEn(hour, 'call', 'calls')} in the last hour, ${day} in the last 24 hours. The clients of this key fail until they have another one.`,
  noCalls: 'No call in the last 24 hours: probably no client will notice.',
  choice: 'What to do',
  choices: {
    rotate: 'Rotate without a grace period',
    revoke: 'Revoke permanently',
  },
  rotateMore: {
    secret:
      'The current secrets stop working immediately. You get new ones, and the key keeps its id, permissions and limits.',
    pair: 'The current API key and private key stop working immediately. You get new ones, of which the service has only the public key; the key keeps its id, permissions and limits.',
  },
  choicesMore: {
    revoke: 'The key is revoked immediately and permanently. Its clients need another key.',
  },
  noRotate: {
    status: 'Only an active key can be rotated.',
    owner: 'Only users who may see the secrets of this key can rotate it.',
  },
  confirm: (name: string) => `Type ${name} to confirm`,
  wrong: 'This does not match.',
  send: { rotate: 'Rotate now', revoke: 'Revoke permanently' },
  reason: 'Suspected leak',
  done: {
    secret: 'The old secrets no longer work. Copy the new ones now: they are shown once.',
    pair: 'The old API key and private key no longer work. Copy the new ones now: they are shown once.',
    revoke: 'The key is revoked. No call with it is accepted any more.',
  },
  next: 'What to do next',
  steps: {
    secret: 'Give the new secrets to every client of this key.',
    pair: 'Give the new API key and private key to every client of this key.',
    revoke: 'Create a new key for every client that still needs one.',
    find: 'Find where the secret leaked (a repository, a log, a message), and delete it there.',
    madeKeys: 'Check the keys that this key created. They still work:',
    audit: 'Read everything that the key changed',
    keys: 'Back to API keys',
  },
};
