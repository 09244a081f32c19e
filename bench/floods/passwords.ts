import { bytesOf } from './bytes.ts';
import { ADDRESSES, base62, MANY_NETWORKS, via } from './forged.ts';
import { OWN_ADDRESS, PROXY, sendRequests } from './send-requests.ts';
import type { Send, Target } from './target.ts';

const PER_SECOND = 600;
const CONNECTIONS = 90;

const post = ({ authority }: Target, name: string, input: object, headers = {}) =>
  bytesOf({ authority, target: `/api/${name}`, body: JSON.stringify(input), headers });

const newPerson = () => ({ email: `${base62(12)}@example.com`, password: base62(20) });

/** Guesses for accounts that do not exist. @param manyAddresses whether each comes from another network */
export const signIns =
  (manyAddresses: boolean): Send =>
  (target, tally, stop) => {
    const make = () => {
      const from = manyAddresses ? via(ADDRESSES.ipv4(target.networks ?? MANY_NETWORKS)) : {};
      return post(target, 'auth.signIn', newPerson(), from);
    };
    const from = manyAddresses ? PROXY : OWN_ADDRESS;
    return sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, from, make });
  };

/** Guesses of the honest user's password. */
export const oneAccount: Send = (target, tally, stop) => {
  const { email } = target.participants.honest.person;
  const make = () =>
    post(target, 'auth.signIn', { ...newPerson(), email }, via(ADDRESSES.ipv4(target.networks ?? 16)));
  return sendRequests(target, tally, stop, {
    connections: CONNECTIONS,
    perSecond: PER_SECOND,
    from: PROXY,
    make,
  });
};

/** Guesses of link tokens, and sign-ups without one. */
export const linkTokens: Send = (target, tally, stop) => {
  const guesses = [
    () => post(target, 'auth.reset', { token: base62(43), newPassword: base62(20) }),
    () => post(target, 'auth.signUp', { ...newPerson(), invitationToken: base62(43) }),
    () => post(target, 'auth.signUp', { ...newPerson(), setupToken: base62(43) }),
    () => post(target, 'auth.signUp', newPerson()),
  ];
  const make = (nth: number) => guesses[nth % guesses.length]?.() ?? '';
  return sendRequests(target, tally, stop, { connections: CONNECTIONS, perSecond: PER_SECOND, make });
};
