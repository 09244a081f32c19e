import { describe, expect, it } from 'vitest';
import { busyTicks, foreignBetween, processTicks, ticksOfTree } from '../../bench/processes/foreign-load.ts';

describe('foreign load', () => {
  it('is the processor time used outside the benchmark, and never below zero', () => {
    const load = (all: number, ours: number) => ({ all, ours });
    expect(foreignBetween(load(1_000, 400), load(3_000, 1_900))).toBe(500);
    expect(foreignBetween(load(1_000, 400), load(1_500, 1_000))).toBe(0);
  });

  it('counts stolen time, and counts guest time once', () => {
    expect(busyTicks('cpu  1 2 4 1000 2000 8 16 32 500 600\ncpu0 1 1 1 1 1 1 1 1 1 1\n')).toBe(63);
  });

  it('parses a process whose name has spaces and brackets', () => {
    const stat = '7 (a ) b (c) S 3 7 7 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 99';
    expect(processTicks(7, stat)).toEqual({ pid: 7, parent: 3, ticks: 127 });
  });

  it('counts all descendants, in any order, and no other process', () => {
    const of = (pid: number, parent: number, ticks: number) => ({ pid, parent, ticks });
    const all = [of(9, 8, 1), of(8, 5, 2), of(5, 1, 4), of(6, 1, 8), of(1, 0, 16)];
    expect(ticksOfTree(5, all)).toBe(7);
  });
});
