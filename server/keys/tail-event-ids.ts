import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../gate/caller/caller.ts';
import { NO_POSITION } from '../stores/live-tail/subscription.ts';
import type { Vault } from '../stores/secrets/vault.ts';

/** Bytes of an instance's id, of a number and of the MAC: 15 in total, which are the 20 characters that an id may have. */
const INSTANCE_BYTES = 4;
const NUMBER_BYTES = 5;
const POSITION_BYTES = INSTANCE_BYTES + NUMBER_BYTES;
const MAC_BYTES = 6;

/** Writes and reads the ids of the events of one stream. */
export interface EventIds {
  /** @param position in the order of all calls */
  write(position: string): string;
  /** The position that an id names; NO_POSITION if this caller did not receive it for this key. */
  read(id: string): string;
}

/**
 * An id grants nothing: a stream that resumes after one is authorized like any other request. The MAC binds the id to the
 * key, the caller, and the `rev` of the caller's rights: a caller that lost a right and got it back does not receive the
 * events of the time between.
 */
export function eventIds(vault: Vault, caller: Caller, keyId: string): EventIds {
  const by = caller.kind === 'key' ? caller.key : caller.session;
  const stream = `keys.tail ${caller.workspaceId} ${keyId} ${caller.kind} ${by.id} ${by.rev}`;
  const macOf = (bytes: Buffer, version: number) =>
    Buffer.from(vault.mac('cursors', `${stream} ${bytes.toString('hex')}`, version), 'hex').subarray(
      0,
      MAC_BYTES,
    );
  return {
    write: (position) => {
      const bytes = positionBytes(position);
      return Buffer.concat([bytes, macOf(bytes, vault.newest)]).toString('base64url');
    },
    read: (id) => {
      const decoded = Buffer.from(id, 'base64url');
      if (decoded.length !== POSITION_BYTES + MAC_BYTES || decoded.toString('base64url') !== id)
        return NO_POSITION;
      const [bytes, mac] = [decoded.subarray(0, POSITION_BYTES), decoded.subarray(POSITION_BYTES)];
      const isOurs = vault.versions.some((version) => timingSafeEqual(mac, macOf(bytes, version)));
      return isOurs ? positionAt(bytes) : NO_POSITION;
    },
  };
}

function positionBytes(position: string): Buffer {
  const [instance = '', n = '0'] = position.split('.');
  const bytes = Buffer.alloc(POSITION_BYTES);
  bytes.write(instance, 'hex');
  bytes.writeUIntBE(Number(n) % 2 ** (8 * NUMBER_BYTES), INSTANCE_BYTES, NUMBER_BYTES);
  return bytes;
}

const positionAt = (bytes: Buffer): string =>
  `${bytes.toString('hex', 0, INSTANCE_BYTES)}.${bytes.readUIntBE(INSTANCE_BYTES, NUMBER_BYTES)}`;
