import { randomBytes } from 'node:crypto';
import { BASE62 } from '../../../shared/key-format.ts';

/** Base62 characters, each equally likely: bytes of 248 and above are discarded. */
export function base62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length + 8)) {
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
    }
  }
  return text;
}

/** `kss_` and 32 random bytes in base64url. The HMAC key is this literal string. */
export const newSigningSecret = (): string => `kss_${randomBytes(32).toString('base64url')}`;
export const newUserId = (): string => `usr_${base62(12)}`;
export const newExternalOwnerId = (): string => `own_${base62(12)}`;
export const newInvitationId = (): string => `inv_${base62(12)}`;
export const newWorkspaceId = (): string => `wsp_${base62(12)}`;
export const newExchangeRuleId = (): string => `exr_${base62(12)}`;
export const newIdentityId = (): string => `idn_${base62(12)}`;
export const newPasskeyId = (): string => `psk_${base62(12)}`;
