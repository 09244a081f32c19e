import { EXAMPLE_AT, EXAMPLE_KEY, EXAMPLE_USER } from '../lib/example-values.ts';

export const EXAMPLE_RECORD = {
  seq: 128,
  at: EXAMPLE_AT,
  actor: { kind: 'user', id: EXAMPLE_USER.id },
  address: '203.0.113.7',
  requestId: '7Hq2LmZx0v3BjfJ31CVu',
  action: 'keys.update',
  subject: EXAMPLE_KEY.id,
  before: { name: 'Invoices' },
  after: { name: EXAMPLE_KEY.name },
  mac: '5f7c0a4b9c1d2e3f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7',
};
