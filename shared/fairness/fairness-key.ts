import { expandIPv6 } from '../ip.ts';

/**
 * The groups among which capacity is divided: a path of names, from the widest to the narrowest. Capacity is divided among the
 * groups of a level first, and within each group among its own members: a group that has many members gets no more than one that
 * has few. The key to which work or memory is charged is its payer.
 */
export type FairnessKey = readonly string[];

/**
 * The names of a key's groups, from the widest to the narrowest. Each is the path down to the group, so that it is unique
 * among all groups.
 */
export function groupsOf(key: FairnessKey): string[] {
  let path = '';
  return key.map((name, level) => {
    path = level === 0 ? name : `${path} ${name}`;
    return path;
  });
}

/**
 * The key of an unauthenticated caller: the network, then the address. Networks are an IPv4 /24 or an IPv6
 * /48, the smallest prefixes that are routed on the internet. One IPv6 subscriber holds at least a /64 (RFC 6177),
 * so a /64 counts as one address.
 * @param address an IPv4 or IPv6 address; null if it is unknown
 * @example addressKey('203.0.113.7') // ['203.0.113.0/24', '203.0.113.7']
 */
export function addressKey(address: string | null): FairnessKey {
  if (address === null) return ['unknown', 'unknown'];
  if (!address.includes(':')) return [`${address.slice(0, address.lastIndexOf('.'))}.0/24`, address];
  const groups = expandIPv6(address);
  return [`${groups.slice(0, 3).join(':')}::/48`, `${groups.slice(0, 4).join(':')}::/64`];
}

/**
 * The key of an authenticated caller: the sponsor, the workspace, then the key or the session.
 * @param sponsorId the account that sponsors the workspace; null if none does: then it has its own share
 */
export const workspaceKey = (
  sponsorId: string | null,
  workspaceId: string,
  credentialId: string,
): FairnessKey => [sponsorId ?? workspaceId, workspaceId, credentialId];

/** The part of an authenticated caller's key that all credentials of the workspace share. */
export const workspaceGroupKey = ([sponsorId = '', workspaceId = '']: FairnessKey): FairnessKey => [
  sponsorId,
  workspaceId,
];

/** The narrowest group of an address: the address itself, or the /64 of an IPv6 address; `unknown` for null. */
export const addressGroup = (address: string | null): string => addressKey(address)[1] as string;
