import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../gate/caller.ts';
import { NO_POSITION } from '../stores/live-tail/subscription.ts';
import type { Vault } from '../stores/secrets/vault.ts';

/** Bytes of an instance's id, of a number and of the MAC: 15 together are the 20 characters that an id may have. */
const INSTANCE_BYTES = 4;
const NUMBER_BYTES = 5;
const PLACE_BYTES = INSTANCE_BYTES + NUMBER_BYTES;
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
  const macOf = (place: Buffer, version: number) =>
    Buffer.from(vault.mac('cursors', `${stream} ${place.toString('hex')}`, version), 'hex').subarray(
      0,
      MAC_BYTES,
    );
  return {
    write: (position) => {
      const place = placeOf(position);
      return Buffer.concat([place, macOf(place, vault.newest)]).toString('base64url');
    },
    read: (id) => {
      const bytes = Buffer.from(id, 'base64url');
      if (bytes.length !== PLACE_BYTES + MAC_BYTES || bytes.toString('base64url') !== id) return NO_POSITION;
      const [place, mac] = [bytes.subarray(0, PLACE_BYTES), bytes.subarray(PLACE_BYTES)];
      const isOurs = vault.versions.some((version) => timingSafeEqual(mac, macOf(place, version)));
      return isOurs ? positionAt(place) : NO_POSITION;
    },
  };
}

function placeOf(position: string): Buffer {
  const [instance = '', n = '0'] = position.split('.');
  const place = Buffer.alloc(PLACE_BYTES);
  place.write(instance, 'hex');
  place.writeUIntBE(Number(n) % 2 ** (8 * NUMBER_BYTES), INSTANCE_BYTES, NUMBER_BYTES);
  return place;
}

const positionAt = (place: Buffer): string =>
  `${place.toString('hex', 0, INSTANCE_BYTES)}.${place.readUIntBE(INSTANCE_BYTES, NUMBER_BYTES)}`;
