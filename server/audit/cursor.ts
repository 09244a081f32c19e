import { Refusal } from '../refusal.ts';
import type { Vault } from '../stores/vault.ts';

/** `<position>.<mac>`: a caller cannot make one up, nor carry it to another workspace or another list. */
export function writeCursor(vault: Vault, list: string, workspaceId: string, position: string): string {
  return `${position}.${vault.hash('cursors', `${list} ${workspaceId} ${position}`)}`;
}

/** Refuses with INPUT_INVALID a cursor that is not ours. @returns its position */
export function readCursor(vault: Vault, list: string, workspaceId: string, cursor: string): string {
  const [, position = '', mac = ''] = /^([0-9a-f.]{1,100})\.([0-9a-f]{64})$/.exec(cursor) ?? [];
  const text = `${list} ${workspaceId} ${position}`;
  if (vault.versions.some((version) => vault.matches('cursors', text, mac, version))) return position;
  throw new Refusal('INPUT_INVALID', {
    issues: [{ path: 'cursor', message: 'is not a cursor of this list' }],
  });
}
