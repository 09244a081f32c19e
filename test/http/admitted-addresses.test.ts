import { describe, expect, it } from 'vitest';
import { AdmittedAddresses } from '../../server/http/request/admitted-addresses.ts';
import { workspacePath } from '../../shared/fairness/fairness-path.ts';

const credentialOf = (sponsor: string, nth: number) =>
  workspacePath(sponsor, `workspace of ${sponsor}`, `key ${nth}`);
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('the addresses from which credentials were admitted', () => {
  it('are known of each of a thousand keys of one workspace that call in turn', () => {
    const addresses = new AdmittedAddresses();
    const known = () =>
      numbers(1_000).filter((n) => addresses.has(credentialOf('ada', n), '192.0.2.1')).length;
    for (const n of numbers(1_000)) addresses.add(credentialOf('ada', n), '192.0.2.1');
    expect(known()).toBe(1_000);
    expect(addresses.has(credentialOf('ada', 1), '192.0.2.2')).toBe(false);
  });

  it('of one workspace are not forgotten for those of another, however many it has', () => {
    const addresses = new AdmittedAddresses();
    for (const n of numbers(30)) addresses.add(credentialOf('ada', n), '192.0.2.1');
    for (const n of numbers(300_000)) addresses.add(credentialOf('mallory', n), '192.0.2.1');
    expect(numbers(30).every((n) => addresses.has(credentialOf('ada', n), '192.0.2.1'))).toBe(true);
    const kept = numbers(300_000).filter((n) => addresses.has(credentialOf('mallory', n), '192.0.2.1'));
    expect(kept.length).toBeLessThanOrEqual(131_072);
    // The latest are among them.
    expect(kept.at(-1)).toBe(299_999);
  });

  it('of every workspace are bounded when there are many', () => {
    const addresses = new AdmittedAddresses();
    for (const s of numbers(10_000)) addresses.add(credentialOf(`sponsor ${s}`, 0), '192.0.2.1');
    const known = numbers(10_000).filter((s) => addresses.has(credentialOf(`sponsor ${s}`, 0), '192.0.2.1'));
    expect(known.length).toBe(2_000);
    for (const n of numbers(1_000)) addresses.add(credentialOf('sponsor 9999', n), '192.0.2.1');
    const kept = numbers(1_000).filter((n) => addresses.has(credentialOf('sponsor 9999', n), '192.0.2.1'));
    expect(kept.length).toBeLessThanOrEqual(132);
    expect(kept).toContain(999);
  });
});
