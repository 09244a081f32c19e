import { KeysealRefusal } from '../../client/calls/refusal.ts';

/** Whether an earlier submission of a form was carried out with other values, and its response was lost. */
export const isIdempotencyMismatch = (error: unknown): boolean =>
  error instanceof KeysealRefusal && error.reason === 'IDEMPOTENCY_MISMATCH';
