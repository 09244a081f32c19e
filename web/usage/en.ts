export const en = {
  description:
    'How the calls of all keys of this workspace ended. What persons do by themselves, as here in the console, is not counted.',
  busiest: 'Busiest keys',
  key: 'Key',
  deleted: 'A deleted key',
};
