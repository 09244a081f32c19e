import { countedEn } from '../language/counted.ts';

/** Seconds of the units that a window is written in, the longest first. */
const WINDOWS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

export const en = {
  noSuchKey: 'No such key',
  noSuchKeyHere: (id: string) => `There is no key ${id} in this workspace`,
  noSuchKeyMore:
    'It may have been deleted, the URL may be mistyped, or it belongs to another of your workspaces: choose that workspace at the top.',
  toKeys: 'Back to API keys',
  playground: 'Try in the playground',
  lastUsed: (fromNow: string) => `Last used ${fromNow}`,
  neverUsed: 'Never used',
  previous: 'The secrets from before the last rotation are still valid',
  previousUntil: (time: string) => `The previous secrets are valid until ${time}.`,
  previousUsed: (time: string) => `They were last used ${time}: a client still calls with them.`,
  previousUnused: 'No call has used them since the rotation.',
  revokedAt: (time: string) => `Revoked ${time}`,
  noReason: 'No reason was given.',
  tabs: {
    usage: 'Usage',
    live: 'Live calls',
    policy: 'Limits and credits',
    audit: 'Audit log',
    settings: 'Settings',
  },
  limits: 'Limits',
  noLimits: 'No limits',
  limit: (calls: string, window: string) => `${countedEn(calls, 'call', 'calls')} per ${window}`,
  seconds: (seconds: number, number: (value: number) => string) => {
    const [unit, length] = WINDOWS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
    const count = seconds / length;
    return count === 1 ? unit : `${number(count)} ${unit}s`;
  },
  left: (calls: string) => `${calls} left now`,
  nextFree: (fromNow: string) => `Next call available ${fromNow}.`,
  change: 'Change limits and credits',
  leftOf: (name: string) => `Remaining: ${name}`,
  credits: 'Credits',
  noCredits: 'No credit limit.',
  remaining: 'left to spend',
  refill: (amount: string, time: string) => `The next refill, ${time}, raises them to ${amount}.`,
  noRefill: 'There is no refill.',
  shared: 'Shared by all keys of',
  sharedMore: 'A call of this key must also be within these limits, and spends credits from both.',
  facts: 'Current settings',
  names: {
    permissions: 'Permissions',
    unused: 'Permissions unused for 90 days',
    allowedAddresses: 'IP addresses',
    expiresAt: 'Expires',
    signature: 'Signs with',
    createdAt: 'Created',
    lastUsedAt: 'Last used',
    rotatedAt: 'Last rotated',
    previous: 'Previous secrets',
    ownerId: 'Belongs to',
    externalId: 'External owner',
    authorities: 'Verifies requests for',
    metadata: 'Metadata',
  },
  signingSecret: 'A signing secret',
  anywhere: 'Any IP address',
  never: 'Never',
  none: 'None',
  noExternalId: 'None',
  ofWorkspace: 'The workspace (service key)',
  connections: {
    connecting: 'Connecting…',
    live: 'Live',
    reconnecting: 'Connection lost, connecting again…',
    ended: 'Ended',
  },
  pausedCalls: (count: number, written: string) =>
    count === 1 ? 'Paused: 1 new call' : `Paused: ${written} new calls`,
  pause: 'Pause',
  resume: 'Resume',
  clear: 'Clear',
  openAgain: 'Open again',
  tailMore: 'Newest first, at most the last 200. This page does not store calls: see Usage for earlier ones.',
  tailColumns: ['Time (UTC)', 'Outcome', 'Procedure and reason', 'Duration', 'IP address', 'Request id'],
  tailFilter: 'Outcome',
  tailOnly: { all: 'All', accepted: 'Accepted', refused: 'Refused' },
  noTailLike: 'No call of this kind so far',
  noTail: 'Waiting for calls of this key…',
  noTailMore: 'Calls appear here as they end. Make one with this key, or in the playground.',
  accepted: 'Accepted',
  refused: 'Refused',
  milliseconds: (written: string) => `${written} ms`,
  noAddress: 'Unknown IP address',
  missed: (count: number, written: string) =>
    count === 1
      ? '1 call is not shown, because calls arrived too fast.'
      : `${written} calls are not shown, because they arrived too fast.`,
  missedSome: 'The connection was interrupted here. Calls that ended during the interruption may be missing.',
};
