import { describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { without } from '../harness/requires.ts';
import { compareContracts, newBreaks } from './changes.ts';
import { EVENTS } from './events.ts';
import { NO_HISTORY, previousVersion } from './history.ts';
import { contractOf, recordedContract } from './recorded.ts';

const recorded = recordedContract();
const today = { breaks: recorded.breaks, ...contractOf(builtInApi) };

/** What to do about a difference. */
const REMEDY = {
  compatible: 'Record it: npm run contract',
  breaking: 'This breaks clients. Where that is meant: npm run contract -- --breaking "why"',
};

describe('the recorded contract', () => {
  it('is the contract of the current code', () => {
    const changes = compareContracts(recorded, today).map(({ what, breaks }) => {
      return `${what}. ${breaks ? REMEDY.breaking : REMEDY.compatible}`;
    });
    expect(changes).toEqual([]);
    // Whatever the comparison has no word for, such as an order.
    expect(today, REMEDY.compatible).toEqual(recorded);
  });

  it('records events only of streams', () => {
    for (const name of Object.keys(EVENTS))
      expect([name, today.procedures[name]?.type]).toEqual([name, 'subscription']);
  });
});

const previous = previousVersion();
const { test: withHistory } = previous ? { test: it } : without(NO_HISTORY);

withHistory('every break against the contract before is listed with the reason for it', () => {
  if (!previous) throw new Error(NO_HISTORY);
  const broken = compareContracts(previous.contract, recorded).filter(({ breaks }) => breaks);
  const listed = newBreaks(recorded, previous.contract);
  expect(listed.map(({ what }) => what)).toEqual(expect.arrayContaining(broken.map(({ what }) => what)));
  for (const { why } of recorded.breaks) expect(why.trim()).not.toBe('');
});
