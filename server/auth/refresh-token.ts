import type { Vault } from '../stores/secrets/vault.ts';

/**
 * A refresh token is the n-th of its session: `ksr_<n>_<MAC>`, the MAC under a key that is derived from the
 * master key. Nothing of it is stored but `n`; spent tokens are told from unknown ones by the MAC alone.
 */
export function refreshToken(vault: Vault, sessionId: string, count: number): string {
  return `ksr_${count}_${vault.mac('refresh', `${sessionId} ${count}`)}`;
}

/** Which of its session's tokens this is, counted from 1; null where it is none of them. */
export function readRefreshToken(vault: Vault, sessionId: string, token: string): number | null {
  const [, digits, mac = ''] = /^ksr_([1-9]\d{0,9})_([0-9a-f]{64})$/.exec(token) ?? [];
  const count = Number(digits);
  const text = `${sessionId} ${count}`;
  return vault.versions.some((version) => vault.matches('refresh', text, mac, version)) ? count : null;
}
