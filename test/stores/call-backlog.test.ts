import { describe, expect, it } from 'vitest';
import { CallBacklog } from '../../server/stores/live-tail/call-backlog.ts';

const call = (keyId: string, requestId: string) => ({
  keyId,
  requestId,
  at: 0,
  procedure: 'echo',
  outcome: 'OK',
  durationMs: 1,
  pair: null,
  address: null,
});

describe('S7: calls that wait for other instances', () => {
  it('of a busy key evict its own oldest calls, and those of no other key', () => {
    const backlog = new CallBacklog();
    expect(backlog.push(call('quiet', 'first'))).toBe(true);
    const kept = Array.from({ length: 5_000 }, (_, n) => backlog.push(call('busy', String(n))));
    const stored = kept.filter(Boolean).length;
    expect(stored).toBeGreaterThanOrEqual(900);
    expect(backlog.push(call('quiet', 'second'))).toBe(true);
    expect(backlog.push(call('new', 'third'))).toBe(true);
    const calls = backlog.takeAll();
    const ofKey = (id: string) => calls.filter(({ keyId }) => keyId === id).map((one) => one.requestId);
    expect(ofKey('quiet')).toEqual(['first', 'second']);
    expect(ofKey('new')).toEqual(['third']);
    expect(ofKey('busy')).toEqual(Array.from({ length: stored }, (_, n) => String(5_000 - stored + n)));
  });

  it('free their room once they are taken', () => {
    const backlog = new CallBacklog();
    const push = () => Array.from({ length: 900 }, (_, n) => backlog.push(call('busy', String(n))));
    for (let n = 0; n < 3; n++) {
      expect(push().every(Boolean)).toBe(true);
      expect(backlog.takeAll()).toHaveLength(900);
      expect(backlog.isEmpty).toBe(true);
    }
  });

  it('of a key that finds no room at all are lost, and none of the others', () => {
    const backlog = new CallBacklog();
    let keys = 0;
    while (backlog.push(call(`key ${keys}`, 'one'))) keys++;
    expect(backlog.takeAll()).toHaveLength(keys);
  });
});
