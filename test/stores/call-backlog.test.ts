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

/** Pushes a call of a key, of a sponsor and a workspace with the key's name if no other is given. */
const push = (backlog: CallBacklog, keyId: string, requestId: string, tenant = keyId) =>
  backlog.push(call(keyId, requestId), [tenant, tenant, keyId]);

describe('S7: calls that wait for other instances', () => {
  it('of a busy key evict its own oldest calls, and those of no other key', () => {
    const backlog = new CallBacklog();
    expect(push(backlog, 'quiet', 'first')).toBe(true);
    const kept = Array.from({ length: 5_000 }, (_, n) => push(backlog, 'busy', String(n)));
    const stored = kept.filter(Boolean).length;
    expect(stored).toBeGreaterThanOrEqual(450);
    expect(push(backlog, 'quiet', 'second')).toBe(true);
    expect(push(backlog, 'new', 'third')).toBe(true);
    const calls = backlog.takeAll();
    const ofKey = (id: string) => calls.filter(({ keyId }) => keyId === id).map((one) => one.requestId);
    expect(ofKey('quiet')).toEqual(['first', 'second']);
    expect(ofKey('new')).toEqual(['third']);
    expect(ofKey('busy')).toEqual(Array.from({ length: stored }, (_, n) => String(5_000 - stored + n)));
  });

  it('free their room once they are taken', () => {
    const backlog = new CallBacklog();
    const pushAll = () => Array.from({ length: 450 }, (_, n) => push(backlog, 'busy', String(n)));
    for (let n = 0; n < 3; n++) {
      expect(pushAll().every(Boolean)).toBe(true);
      expect(backlog.takeAll()).toHaveLength(450);
      expect(backlog.isEmpty).toBe(true);
    }
  });

  it('of a key that finds no room at all are lost, and none of the others', () => {
    const backlog = new CallBacklog();
    let keys = 0;
    while (push(backlog, `key ${keys}`, 'one')) keys++;
    expect(backlog.takeAll()).toHaveLength(keys);
  });

  it('of all busy keys of one sponsor leave room for those of another', () => {
    const backlog = new CallBacklog();
    for (let n = 0; n < 40; n++)
      for (let i = 0; i < 1_000; i++) push(backlog, `busy ${n}`, String(i), 'the busy sponsor');
    const kept = Array.from({ length: 200 }, (_, n) => push(backlog, 'other', String(n)));
    expect(kept.every(Boolean)).toBe(true);
    expect(backlog.takeAll().filter(({ keyId }) => keyId === 'other')).toHaveLength(200);
  });
});
