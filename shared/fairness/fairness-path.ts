import { expandIPv6 } from '../ip.ts';

/**
 * The groups among which capacity is divided, as a path of names, from the widest to the narrowest. Capacity is divided among the
 * groups of a level first, and then within each group among its members: a group with many members gets no more than one with
 * few. The path to which work or memory is charged is its payer.
 */
export type FairnessPath = readonly string[];

/**
 * The names of a path's groups, from the widest to the narrowest. Each is the path down to the group, so that it is unique
 * among all groups.
 */
export function groupsOf(path: FairnessPath): string[] {
  let group = '';
  return path.map((name, level) => {
    group = level === 0 ? name : `${group} ${name}`;
    return group;
  });
}

/**
 * The path of an unauthenticated caller: the network, then the IP address. Networks are an IPv4 /24 or an IPv6
 * /48, the smallest prefixes that are routed on the internet. One IPv6 subscriber holds at least a /64 (RFC 6177),
 * so a /64 counts as one address.
 * @param address an IPv4 or IPv6 address; null if it is unknown: all unknown callers share one path
 * @example addressPath('203.0.113.7') // ['203.0.113.0/24', '203.0.113.7']
 */
export function addressPath(address: string | null): FairnessPath {
  if (address === null) return ['unknown', 'unknown'];
  if (!address.includes(':')) return [`${address.slice(0, address.lastIndexOf('.'))}.0/24`, address];
  const groups = expandIPv6(address);
  return [`${groups.slice(0, 3).join(':')}::/48`, `${groups.slice(0, 4).join(':')}::/64`];
}

/**
 * The path of an authenticated caller: the sponsor, the workspace, then the key or the session.
 * @param sponsorId the account that sponsors the workspace; null if none does: then the workspace has a share of its own
 */
export const workspacePath = (
  sponsorId: string | null,
  workspaceId: string,
  credentialId: string,
): FairnessPath => [sponsorId ?? workspaceId, workspaceId, credentialId];

/** The part of an authenticated caller's path that all credentials of the workspace share. */
export const workspaceGroupPath = ([sponsorId = '', workspaceId = '']: FairnessPath): FairnessPath => [
  sponsorId,
  workspaceId,
];

/** The narrowest group of an IP address: the address itself, or the /64 of an IPv6 address; `unknown` for null. */
export const addressGroup = (address: string | null): string => addressPath(address)[1] as string;
