import { BODY } from '../load/request.ts';
import { AUTHORITY, GUARDED } from '../processes/servers/routes.ts';
import { bytesOf, signedBytes, signerOf, signIn } from './bytes.ts';
import { via } from './forged.ts';
import type { Participants } from './participants.ts';

/** A caller with its own pace. */
export interface Caller {
  readonly name: string;
  readonly perSecond: number;
  /** The local IP address. */
  readonly from: string;
  readonly make: (nth: number) => string;
}

/** No flood comes from these networks. */
const DIRECT = '127.0.10.1';
const BEHIND_PROXY = via('198.51.100.7');
const PROXY = '127.0.0.1';

/** Sign-ins are reported separately: each takes longer than a hundred calls. */
export const SIGN_IN = 'sign-in';

/** Honest callers of two workspaces: with keys in constant use and keys used once, and a user. */
export async function honestCallers(authority: string, { honest }: Participants): Promise<Caller[]> {
  const [first, second] = [signerOf(honest.first), signerOf(honest.second)];
  const cold = honest.cold.map(signerOf);
  const person = await signIn(authority, honest.person);
  const exemple = { authority, target: '/api/exemple' };
  const echo = { authority, target: '/api/echo', body: BODY };
  const alternately = (nth: number) => (nth % 2 === 0 ? exemple : echo);
  const proxied = { headers: BEHIND_PROXY };
  return [
    {
      name: 'a key',
      perSecond: 85,
      from: DIRECT,
      make: (nth) => signedBytes(first, alternately(nth)),
    },
    {
      name: 'a key of another workspace, behind a proxy',
      perSecond: 85,
      from: PROXY,
      make: (nth) => signedBytes(second, { ...alternately(nth), ...proxied }),
    },
    {
      name: 'keys that are not in the cache',
      perSecond: COLD_PER_SECOND,
      from: DIRECT,
      make: (nth) => signedBytes(cold[nth % cold.length] ?? first, exemple),
    },
    {
      name: 'a person',
      perSecond: 20,
      from: DIRECT,
      make: () => signedBytes(person, { authority, target: '/api/whoami' }),
    },
    {
      name: SIGN_IN,
      perSecond: 2,
      from: DIRECT,
      make: () => bytesOf({ authority, target: '/api/auth.signIn', body: JSON.stringify(honest.person) }),
    },
  ];
}

export const COLD_PER_SECOND = 10;

/** A caller of a service behind its guard. */
export function guardedCallers({ honest }: Participants): Caller[] {
  const signer = signerOf(honest.first);
  const call = { authority: AUTHORITY, target: GUARDED, body: BODY };
  return [{ name: 'a key', perSecond: 50, from: DIRECT, make: () => signedBytes(signer, call) }];
}
