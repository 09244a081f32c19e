export const en = {
  description: 'What this workspace did in the last 24 hours, and what needs attention.',
  calls: 'Calls',
  lastDay: 'last 24 hours',
  refused: 'Refused',
  rate: 'Refusal rate',
  ofBefore: (rate: string) => `${rate} the day before`,
  noneBefore: 'No calls the day before',
  expiring: 'Keys about to expire',
  within: 'within 14 days',
  hours: (calls: string) => `Calls of each of the last 24 hours, ${calls} in total`,
  hint: 'Point at a bar for its numbers, or focus the chart and use the arrow keys. Click a bar to open its calls. Hours are in UTC.',
  since: (time: string) => `Hour by hour since ${time}`,
  start: 'Get started',
  steps: {
    key: ['Create a key', 'Each client gets its own key, and its secrets are shown once.'],
    call: ['Make a signed call', 'Paste the example that comes with the key, or use the playground.'],
    limit: ['Limit a key', 'Give a key an expiry, a limit or credits, so that a leak does less damage.'],
    team: ['Invite a colleague', 'So that you are not the only one who can rotate a key.'],
  },
  done: 'Done',
  toDo: 'To do',
  progress: (done: string, all: string) => `${done} of ${all} done`,
  safety: 'Key safety',
  safe: {
    all: 'Nothing to report: every live key expires and has a limit or credits, none can manage the workspace, and every key is in use.',
    noLiveKeys:
      'There are no active live keys. Test keys are not checked for an expiry, limits and permissions.',
    noKeys: 'There are no active keys yet.',
  },
  basis: (count: string) => `Computed from the newest ${count} active keys.`,
  unusedBasis: (count: string) => `Unused permissions are checked for the ${count} keys that were used last.`,
  findings: {
    powerful: (count: number, written: string) =>
      `${written} ${count === 1 ? 'live key can' : 'live keys can'} manage keys, members or the workspace`,
    forever: (count: number, written: string) =>
      `${written} ${count === 1 ? 'live key never expires' : 'live keys never expire'}`,
    unlimited: (count: number, written: string) =>
      `${written} ${count === 1 ? 'live key has' : 'live keys have'} neither a limit nor credits`,
    idle: (count: number, written: string) =>
      `${written} ${count === 1 ? 'key was' : 'keys were'} not used for 90 days`,
    expiring: (count: number, written: string) =>
      `${written} ${count === 1 ? 'key expires' : 'keys expire'} within 14 days`,
    unused: (count: number, written: string) =>
      `${written} ${count === 1 ? 'key holds' : 'keys hold'} permissions not used in 90 days`,
  },
  fixes: {
    powerful:
      'Remove permissions that the key does not need: with them, a leaked key takes over the workspace.',
    forever: 'Set an expiry, so that a forgotten key stops working by itself.',
    unlimited: 'Set a limit, so that a leaked key cannot make unlimited calls.',
    idle: 'Disable or revoke keys that nobody uses.',
    expiring: 'Extend the expiry or create a successor before clients are refused.',
    unused:
      'Remove the permissions that the key does not need. Its page lists them under Limits and credits.',
  },
  others: (count: string) => `and ${count} more`,
  refusals: 'Recent refusals',
  noRefusals: 'No call was refused in the last 24 hours.',
  times: (count: number, written: string) => (count === 1 ? 'once' : `${written} times`),
  seeCalls: 'See these calls in the request log',
  toUsage: 'See usage',
  toKeys: 'See all keys',
};
