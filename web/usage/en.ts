export const en = {
  description:
    'The outcomes of the calls of all keys in this workspace. Calls that users make with their sessions, as in this console, are not counted.',
  bothEnvironments: 'All',
  busiest: 'Busiest keys',
  key: 'Key',
  deleted: 'A deleted key',
};
