import type { KeysSearch } from './keys-search.ts';

/** What deserves attention about an active key, the most urgent first. */
export const FINDINGS = ['expiring', 'powerful', 'forever', 'unlimited', 'idle', 'unused'] as const;
export type Finding = (typeof FINDINGS)[number];

/** The finding by which a search filters; undefined for an unknown one, and with a status that no finding is about. */
export const findingOf = ({ finding, status = 'active' }: KeysSearch): Finding | undefined =>
  status === 'active' ? FINDINGS.find((known) => known === finding) : undefined;
