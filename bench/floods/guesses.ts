import { bytesOf, signIn } from './bytes.ts';
import {
  alteredKey,
  base62,
  forgedSignature,
  forgedToken,
  MANY_NETWORKS,
  unknownKey,
  via,
  wrongSecret,
} from './forged.ts';
import { OWN_ADDRESS, PROXY, sendRequests } from './send-requests.ts';
import type { Send } from './target.ts';

const CONNECTIONS = 32;
const PER_SECOND = 800;

/** The proofs of a guess. @param k the id that the signature names */
const proofs = (bearer: string, k: string) => ({
  authorization: `Bearer ${bearer}`,
  'x-signature': forgedSignature(k),
});

/**
 * Keys that were never issued, in the right format. @param addressOf the address of each request; a single one by
 * default
 */
export const unknownKeys =
  (addressOf?: (networks: number) => string): Send =>
  (target, tally, stop) => {
    const make = () => {
      const from = addressOf ? via(addressOf(target.networks ?? MANY_NETWORKS)) : {};
      const headers = { ...from, ...proofs(unknownKey(), base62(12)) };
      return bytesOf({ authority: target.authority, target: '/api/exemple', headers });
    };
    const from = addressOf ? PROXY : OWN_ADDRESS;
    return sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, from, make });
  };

/** The ids of the honest callers, which are public, and a key that the attacker has. */
export const wrongSecrets: Send = (target, tally, stop) => {
  const { honest, attacker } = target.participants;
  const guesses = [
    () => proofs(wrongSecret(honest.first.id), honest.first.id),
    () => proofs(wrongSecret(honest.second.id), honest.second.id),
    () => proofs(alteredKey(attacker.key.apiKey), attacker.key.id),
  ];
  const make = (nth: number) => {
    const headers = guesses[nth % guesses.length]?.() ?? {};
    return bytesOf({ authority: target.authority, target: '/api/exemple', headers });
  };
  return sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, make });
};

/** Sessions that do not exist: in tokens with another token's signature, and in signatures without a token. */
export const unknownSessions: Send = async (target, tally, stop) => {
  const { authority, participants } = target;
  const { bearer } = await signIn(authority, participants.attacker.person);
  const make = (nth: number) => {
    const session = `ses_${base62(12)}`;
    if (nth % 2 === 0) {
      const headers = proofs(forgedToken(bearer, session), session);
      return bytesOf({ authority, target: '/api/whoami', headers });
    }
    const body = JSON.stringify({ refreshToken: base62(64) });
    const headers = { 'x-signature': forgedSignature(session) };
    return bytesOf({ authority, target: '/api/auth.refresh', body, headers });
  };
  await sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, make });
};
