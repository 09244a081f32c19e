import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../server/stores/database/connection/failure-table.ts';
import { isOutage, isUnreachable } from '../../server/stores/database/connection-errors.ts';

const failed = (code: string, syscall?: string): Error =>
  new Error('of a statement', { cause: Object.assign(new Error(code), { code, syscall }) });

describe('D2: an outage', () => {
  it('is each failure that a start knows', () => {
    const codes = Object.keys(FAILURES.using);
    expect(codes.filter((code) => !isOutage(failed(code, 'connect')))).toEqual([]);
  });

  it('is no file of a procedure that is not there, and no mistake in a statement', () => {
    expect(
      ['ENOENT', 'EACCES', '42601', '23505', '22023', ''].filter((code) => isOutage(failed(code))),
    ).toEqual([]);
  });

  it.each([
    ['ENETUNREACH', true],
    ['EHOSTDOWN', true],
    ['EAI_AGAIN', true],
    ['ECONNABORTED', true],
    ['57P01', true],
    ['28P01', false],
    ['CERT_HAS_EXPIRED', false],
    ['23505', false],
  ])('%s: a second attempt may reach the server: %s', (code, may) => {
    expect(isUnreachable(code)).toBe(may);
  });
});
