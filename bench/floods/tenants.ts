import { signedBytes, signerOf, signIn } from './bytes.ts';
import { holdConnections } from './hold-connections.ts';
import { sendRequests } from './send-requests.ts';
import type { Send } from './target.ts';

/** Seconds by which a signature is ahead: so many that it is refused as malformed, or so few that its nonce is stored. */
export const A_DAY = 86_400;
export const FIVE_MINUTES = 300;
/** Calls of one request. */
const BATCH = 20;

/** Keys whose limit of a few calls an hour is used up. */
export const overLimit: Send = (target, tally, stop) => {
  const signers = target.participants.attacker.limited.map(signerOf);
  const make = (nth: number) => {
    const signer = signers[nth % signers.length];
    return signer ? signedBytes(signer, { authority: target.authority, target: '/api/exemple' }) : '';
  };
  return sendRequests(target, tally, stop, { connections: 32, perSecond: 600, make });
};

/** Calls of a valid key whose clock is ahead by so many seconds. */
export const noncesAhead =
  (ahead: number): Send =>
  (target, tally, stop) => {
    const signer = signerOf(target.participants.attacker.key);
    const call = { authority: target.authority, target: '/api/exemple' };
    const make = () => signedBytes(signer, call, { ahead });
    return sendRequests(target, tally, stop, { connections: 32, perSecond: 800, make });
  };

/** The longest work that a user may request, many times in one request, three requests at a time. */
export const auditVerify: Send = async (target, tally, stop) => {
  const { authority, participants } = target;
  const signer = await signIn(authority, participants.attacker.person);
  const names = Array<string>(BATCH).fill('audit.verify').join(',');
  const make = () => signedBytes(signer, { authority, target: `/api/${names}?batch=1&input=%7B%7D` });
  await sendRequests(target, tally, stop, { connections: 3, perSecond: 50, make });
};

export const STREAMS = 2_000;

/** Streams of one key that each send an event every second. */
export const streams: Send = (target, tally, stop) => {
  const signer = signerOf(target.participants.attacker.key);
  const first = () => signedBytes(signer, { authority: target.authority, target: '/api/clock' });
  return holdConnections(target, tally, stop, { sockets: STREAMS, perSecond: 1_000, first });
};
