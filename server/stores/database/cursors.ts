import { inputRefusal } from '../../lib/refusal.ts';
import type { Vault } from '../secrets/vault.ts';

/**
 * `<position>.<mac>`: a caller cannot forge one, nor use it for another workspace or another list.
 * @param list its name, and everything else that must be the same on every page
 * @param position of letters, digits, `_`, `-` and `.`; at most 430
 */
export function writeCursor(vault: Vault, list: string, workspaceId: string, position: string): string {
  return `${position}.${vault.mac('cursors', `${list} ${workspaceId} ${position}`)}`;
}

/** Refuses with INPUT_INVALID a cursor that is not of this list. @returns its position */
export function readCursor(vault: Vault, list: string, workspaceId: string, cursor: string): string {
  const [, position = '', mac = ''] = /^([0-9A-Za-z_.-]{1,430})\.([0-9a-f]{64})$/.exec(cursor) ?? [];
  const text = `${list} ${workspaceId} ${position}`;
  if (vault.versions.some((version) => vault.matches('cursors', text, mac, version))) return position;
  throw inputRefusal('cursor', 'is not a cursor of this list');
}
