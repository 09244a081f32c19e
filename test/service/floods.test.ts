import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FLOOD_NAMES, type FloodName, floodOf } from '../../bench/floods/floods.ts';
import { FloodedService, type FloodReport } from '../harness/flooded-service.ts';

// What is counted does not depend on how long it takes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let service: FloodedService;

beforeAll(async () => {
  service = await FloodedService.start();
});
afterAll(() => service.stop());

/** Nothing of these may be answered with a 200. */
const REFUSED_FLOODS: ReadonlySet<FloodName> = new Set([
  'unknown-keys',
  'unknown-keys-many-24',
  'unknown-keys-one-64',
  'unknown-keys-many-64',
  'unknown-keys-many-48',
  'wrong-secrets',
  'unknown-sessions',
  'sign-in',
  'sign-in-many-24',
  'one-account',
  'exchanges',
  'half-bodies',
  'half-signed-bodies',
  'slow-bodies',
  'slow-heads',
  'idle',
  'pipelined',
  'nonces-ahead',
  'nonces-soon',
  'malformed',
]);
/** What a refusal may be: a mistake of the caller, too many mistakes, a used-up quota, or no response at all. */
const REFUSED = /^(4\d\d|503|closed|no answer)$/;

/** Which lookups a flood would cost, if its bearer tokens were looked up. */
const LOOKED_UP: Partial<Record<FloodName, keyof FloodReport['lookUps']>> = {
  'unknown-keys': 'keys',
  'unknown-keys-many-24': 'keys',
  'unknown-keys-one-64': 'keys',
  'unknown-keys-many-64': 'keys',
  'unknown-keys-many-48': 'keys',
  'wrong-secrets': 'keys',
  'unknown-sessions': 'sessions',
};

const ofKeyseal = FLOOD_NAMES.filter((name) => floodOf(name).at === undefined);

describe.each(ofKeyseal.map((name) => [name, floodOf(name).title] as const))('the flood %s: %s', (name) => {
  let seen: FloodReport;
  beforeAll(async () => {
    seen = await service.runFlood(name);
  });

  it('leaves every honest call served', () => {
    expect(seen.honest).toEqual([]);
  });

  if (REFUSED_FLOODS.has(name)) {
    it('is refused', () => {
      expect(Object.keys(seen.outcomes).filter((outcome) => !REFUSED.test(outcome))).toEqual([]);
    });
  }

  const cache = LOOKED_UP[name];
  if (cache !== undefined) {
    it('is looked up in the database for less than half of its requests', () => {
      expect(seen.lookUps[cache] / seen.sent).toBeLessThan(0.5);
    });
  }

  if (name === 'over-limit') {
    it('is admitted as often as the limits say, and no more', () => {
      expect(seen.outcomes['200']).toBe(service.participants.attacker.limited.length * 5);
    });
  }
});
