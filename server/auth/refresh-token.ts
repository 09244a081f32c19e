import type { Vault } from '../stores/secrets/vault.ts';

/**
 * A refresh token is the n-th of its session: `ksr_<n>_<MAC>`, the MAC under a key that is derived from the
 * master key. Only `n` is stored; the MAC is what distinguishes spent tokens from unknown ones.
 */
export function refreshToken(vault: Vault, sessionId: string, count: number): string {
  return `ksr_${count}_${vault.mac('refresh', `${sessionId} ${count}`)}`;
}

/** The token's number within its session, from 1; null if it belongs to another session or is forged. */
export function readRefreshToken(vault: Vault, sessionId: string, token: string): number | null {
  const [, digits, mac = ''] = /^ksr_([1-9]\d{0,9})_([0-9a-f]{64})$/.exec(token) ?? [];
  const count = Number(digits);
  const text = `${sessionId} ${count}`;
  return vault.versions.some((version) => vault.matches('refresh', text, mac, version)) ? count : null;
}
