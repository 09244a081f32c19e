import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchRefused } from '../../client/guard/refused-senders.ts';

const MIB = 1024 * 1024;

describe('B3: the guard keeps reading from a refused sender', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('until it has been silent for 5 seconds', () => {
    const giveUp = vi.fn();
    const sender = watchRefused('192.0.2.1', giveUp);
    vi.advanceTimersByTime(4_000);
    sender?.note(1);
    vi.advanceTimersByTime(4_000);
    expect(giveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    expect(giveUp).toHaveBeenCalledOnce();
  });

  it('for a minute, however it sends', () => {
    const giveUp = vi.fn();
    const sender = watchRefused('192.0.2.1', giveUp);
    for (let second = 0; second < 61; second++) {
      sender?.note(1);
      vi.advanceTimersByTime(1_000);
    }
    expect(giveUp).toHaveBeenCalledOnce();
  });

  it('for 64 MiB', () => {
    const giveUp = vi.fn();
    const sender = watchRefused('192.0.2.1', giveUp);
    sender?.note(64 * MIB);
    expect(giveUp).not.toHaveBeenCalled();
    sender?.note(1);
    sender?.note(1);
    expect(giveUp).toHaveBeenCalledOnce();
  });

  it('up to a number for each IP address, and leaves a share for others', () => {
    const senders: { stop(): void }[] = [];
    for (
      let sender = watchRefused('192.0.2.1', () => {});
      sender;
      sender = watchRefused('192.0.2.1', () => {})
    ) {
      senders.push(sender);
    }
    expect(senders.length).toBeGreaterThan(100);
    expect(senders.length).toBeLessThan(4_096 / 2);
    const other = watchRefused('198.51.100.1', () => {});
    expect(other).not.toBeNull();
    other?.stop();
    senders[0]?.stop();
    senders[0]?.stop();
    const again = watchRefused('192.0.2.1', () => {});
    expect([again === null, watchRefused('192.0.2.1', () => {})]).toEqual([false, null]);
    for (const sender of [...senders, again]) sender?.stop();
  });
});
