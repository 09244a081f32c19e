export const en = {
  description:
    'The calls of this workspace’s keys in the last 24 hours, one by one. Bodies and secrets are not recorded. If a key calls more than twice a second for long, only a sample is kept; refused calls have room of their own.',
  filters: {
    requestId: 'Request id',
    key: 'Key id',
    procedure: 'Procedure',
    outcome: 'Outcome',
    from: 'From (UTC)',
    to: 'Until (UTC)',
  },
  any: 'Any',
  outcomes: { accepted: 'Accepted', refused: 'Refused' },
  filter: 'Apply',
  all: 'Show all',
  refresh: 'Refresh',
  nothing: 'No calls',
  nothingMore:
    'No key has made a call in the last 24 hours. Calls that people make in the console are not listed.',
  noMatch:
    'No call of the last 24 hours matches these filters. Of a key that calls often, only a sample is kept.',
  shown: (count: number, written: string, more: boolean) =>
    `${count === 1 ? '1 call' : `${written} calls`} shown${more ? ', there are more' : ''}.`,
  more: 'Load more',
  table: 'Calls, newest first',
  columns: ['Time (UTC)', 'Outcome', 'Procedure', 'Key', 'Duration', 'Request id'],
  sampled: (written: string) => `1 in ${written} kept`,
  milliseconds: (written: string) => `${written} ms`,
  deleted: 'Deleted key',
  details: 'Call',
  facts: {
    at: 'When',
    outcome: 'Outcome',
    status: 'HTTP status',
    procedure: 'Procedure',
    key: 'Key',
    environment: 'Environment',
    duration: 'Duration',
    address: 'From',
    requestId: 'Request id',
    represents: 'Represents',
  },
  environments: { live: 'Live', test: 'Test' },
  noAddress: 'Unknown',
  calls: (count: number, written: string) =>
    count === 1 ? 'This call' : `${written} calls of the key, of which this one was kept`,
  onlyKey: 'Only this key',
  onlyRequest: 'Only this request',
};
