import { describe, expect, it } from 'vitest';
import { failureSentence } from '../../server/stores/database/connection/failure-sentence.ts';
import { FAILURES } from '../../server/stores/database/connection/failure-table.ts';
import { isOutage, isUnreachable } from '../../server/stores/database/connection-errors.ts';

const failed = (code: string, syscall?: string): Error =>
  new Error('of a statement', { cause: Object.assign(new Error(code), { code, syscall }) });

describe('D2: an outage', () => {
  it('includes each failure that a start reports', () => {
    const codes = Object.keys(FAILURES.using);
    expect(codes.filter((code) => !isOutage(failed(code, 'connect')))).toEqual([]);
  });

  it('does not include a missing file of a function, or a mistake in a statement', () => {
    expect(
      ['ENOENT', 'EACCES', 'EINVAL', '42601', '23505', '22023', '25P02', ''].filter((code) =>
        isOutage(failed(code)),
      ),
    ).toEqual([]);
  });

  it.each([
    // The session was ended, or the server gave the statement up.
    ...['25P03', '25P04', '40003', '08007', '58030', 'XX000', 'F0000'],
    ...['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'SASL_SIGNATURE_MISMATCH', 'CONNECTION_ENDED'],
  ])('is %s', (code) => {
    expect(isOutage(failed(code))).toBe(true);
  });

  it.each(['EMFILE', 'ENOBUFS', 'EINVAL'])('is %s of a connection that is opened', (code) => {
    expect(isOutage(failed(code, 'connect'))).toBe(true);
  });

  it('D6: names the reason why a link-local address cannot be reached', () => {
    expect(failureSentence('It', failed('EINVAL', 'connect'), 'opening', null)).toMatch(
      /^It cannot be reached: the address belongs to one network interface.*\(EINVAL\)\. Write a host name/,
    );
  });

  it.each([
    // The database was restarted, or has no connection left; what an operator must change first is none of these.
    ['ENETUNREACH', true],
    ['EHOSTDOWN', true],
    ['EAI_AGAIN', true],
    ['ECONNABORTED', true],
    ['57P01', true],
    ['EADDRNOTAVAIL', true],
    ['53300', true],
    ['CONNECTION_ENDED', true],
    ['57P04', false],
    ['CONNECTION_NOT_POSTGRES', false],
    ['CONNECTION_TLS_REFUSED', false],
    ['28P01', false],
    ['CERT_HAS_EXPIRED', false],
    ['23505', false],
  ])('%s: a second attempt may reach the server: %s', (code, may) => {
    expect(isUnreachable(code)).toBe(may);
  });
});
