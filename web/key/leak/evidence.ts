import type { client } from '../../api/service.ts';

type AuditRecord = Awaited<ReturnType<typeof client.audit.list.query>>['items'][number];

/** An IP address from which a key changed something. */
export interface SeenAddress {
  readonly address: string;
  readonly times: number;
  /** ISO 8601. */
  readonly last: string;
}

/** What the audit log says about a key. */
export interface Evidence {
  /** The most recent first. */
  readonly addresses: readonly SeenAddress[];
  /** What the key changed, newest first. */
  readonly changes: readonly AuditRecord[];
  /** Ids of keys that it created. */
  readonly createdKeys: readonly string[];
  /** Whether there are more records than were read. */
  readonly isPartial: boolean;
}

/**
 * Sums up the records of a key.
 * @param changes records whose actor is the key, newest first
 */
export function evidenceOf(changes: readonly AuditRecord[]): Omit<Evidence, 'isPartial'> {
  const addresses = new Map<string, SeenAddress>();
  for (const { address, at } of changes) {
    if (address === null) continue;
    const seen = addresses.get(address);
    addresses.set(address, { address, times: (seen?.times ?? 0) + 1, last: seen?.last ?? at });
  }
  const created = changes.filter(({ action }) => action === 'keys.create');
  return {
    addresses: [...addresses.values()],
    changes,
    createdKeys: created.flatMap(({ subject }) => (subject === null ? [] : [subject])),
  };
}
