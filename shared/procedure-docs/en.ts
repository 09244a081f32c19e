import type { ProcedureText } from './text.ts';

export const en = {
  'auth.signUp': {
    does: 'Makes an account, its workspace and its first session. Passwords have 12 characters to 1,024 bytes; common ones, and the name or address of the account, are refused with `INPUT_INVALID`. The e-mail address is not verified. Calls are paced per address. `session` is `{ id, signingSecret, accessToken, accessTokenExpiresAt, refreshToken }`; the signing secret is given here and never again. With `cookie: true`, from a page of a public origin, the refresh token goes into a cookie and is `null` in the answer. With the `invitationToken` of an invitation to this address the account belongs to the workspace of the invitation instead of one of its own, and is made even where sign-up is closed.',
    input: '`{ email, password, name?, setupToken?, invitationToken?, cookie? }`',
    answer: '`{ user, session }`',
  },
  'auth.signIn': {
    does: 'Begins a session. An unknown address and a wrong password are answered alike, in the same time. Many wrong attempts at an account slow guesses down; the right password may have to wait. A person has a hundred sessions at most: the one that was not refreshed for longest ends where there would be more.',
    input: '`{ email, password, cookie? }`',
    answer: '`{ user, session }`',
  },
  'auth.refresh': {
    does: 'Takes the refresh token, or the cookie, and gives the next one with a new access token; without `signingSecret`. A spent token gets its successor again within 30 seconds, as long as that was not used; otherwise the session ends.',
    input: '`{ refreshToken? }`',
    answer: '`{ session }`',
  },
  'auth.signOut': {
    does: 'Ends the session at once, on every instance.',
    input: '`{ }`',
    answer: '`{ }`',
  },
  'auth.updateProfile': {
    does: 'Gives the caller another name: 1 to 100 characters, none of them a control character. What others see of the caller has it from then on. The audit log says when it was changed, and not to what.',
    input: '`{ name }`',
    answer: '`{ user }`',
  },
  'auth.changePassword': {
    does: "Changes the caller's password and ends their other sessions at once, on every instance. Links to set a password that were made before are not good any more. Wrong attempts are slowed down as at a sign-in.",
    input: '`{ currentPassword, newPassword }`',
    answer: '`{ }`',
  },
  'auth.createReset': {
    does: 'Makes a token by which a member who lost their password sets another: it is shown here and never again, good once, for 24 hours, and takes the place of earlier ones. Only for a member whom the caller manages in **every** workspace that the member belongs to, and never for the caller. See [Teams](teams.md).',
    input: '`{ userId }`',
    answer: '`{ token, expiresAt }`',
  },
  'auth.reset': {
    does: 'Sets a new password by such a token and ends all sessions of its person. Whatever is wrong with the token is answered alike; it is not good any more either where whoever made it may not make it any more, or where one of the two has left the workspace in which it was made.',
    input: '`{ token, newPassword }`',
    answer: '`{ }`',
  },
  'auth.deleteAccount': {
    does: 'Forgets the caller: name, e-mail address and password are gone, their sessions are over, their keys switched off, and they belong to no workspace. A workspace that they alone belong to is deleted with them. Refused while they are the last owner of one that others belong to.',
    input: '`{ password }`',
    answer: '`{ }`',
  },
  'keys.create': {
    does: "Makes a key in the caller's workspace. `secret` and `signingSecret` are shown here and never again. `permissions` are `area:verb` or `area:*`, at most 64; `expiresAt` lies ahead. `allowedAddresses` are at most 64 IPv4 or IPv6 addresses and CIDRs, canonically written; without any the key may be used from anywhere. `metadata` is a JSON object of at most 4,096 bytes. `limits` are at most 8 of `{ name, limit, windowSeconds }`, `credits` are `{ remaining, refill?: { amount, every: 'day' | 'month' } }`, and `externalId` is what you call whom the key is given to: see [Limits and credits](limits-and-credits.md). `authorities` are at most 64 hosts, with a port where it is not the scheme's own, for whose requests the key may ask [`verify`](verify-a-request.md). A key makes no key that is freer than itself in permissions, time (with the pair from before a rotation, its grace), addresses, external owner or authorities, and one with credits of its own makes none; a test key names no external owner but its own. A person may. Limits are not handed down: they are what the input says. `service: true` makes a key that belongs to the workspace and to no person: `ownerId` is `null`, nobody's role caps it, and it goes on when whoever made it leaves. That takes `workspaces:write`, or another such key; see [Teams](teams.md). The same call with the same `idempotencyKey`, within 24 hours and by the same caller, makes one key: the second answer has it with `null` for both secrets.",
    input:
      "`{ name, environment: 'live' | 'test', permissions, expiresAt?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata?, service?, idempotencyKey? }`",
    answer: '`{ key, secret, signingSecret }`',
  },
  'keys.list': {
    does: "The workspace's keys. `limit` is 1 to 100, 50 without it; `search` is part of a name or the beginning of an id; `status` is `active`, `disabled` (switched off, or of a person who is disabled or has left), `expired` or `revoked`; `environment` is `live` or `test`; `externalId` is the external owner to whom the keys are tied. `sort` is `newest`, which it is without it, `oldest`, `name` (by the alphabet, whatever the case) or `lastUsed` (the last used first, what was never used last). Hand `nextCursor` back as `cursor` for the next page, with the same filters and the same `sort`; `null` ends the list.",
    input: '`{ limit?, cursor?, search?, status?, environment?, externalId?, sort? }?`',
    answer: '`{ items, nextCursor }`',
  },
  'keys.get': {
    does: "One key: `{ id, name, environment, permissions, allowedAddresses, limits, credits, externalId, authorities, metadata, status, ownerId, createdAt, expiresAt, lastUsedAt, rotatedAt, previous, revokedAt, revokedReason }`. `limits` and `credits` are the key's own, the credits as they stand now; `credits` is `null` where nobody counts. Those of its external owner are told by `owners.get`.",
    input: '`{ id }`',
    answer: '`key`',
  },
  'keys.limits': {
    does: 'How the limits of a key stand at this moment, without counting a call: its own, and under names that begin with `owner.` those that it shares with the other keys of its external owner. With each answer a key is told the same of itself in `ratelimit`.',
    input: '`{ id }`',
    answer: '`{ items: [{ name, limit, windowSeconds, remaining, resetAt }] }`',
  },
  'keys.update': {
    does: 'Changes a key; at least one field besides `id`. `expiresAt: null` takes the expiry away, `enabled: false` switches the key off, `externalId: null` unties it from its external owner. Lists, `credits` and `metadata` are replaced whole: `limits: []` takes all limits away, `credits: null` ends the counting. A new name, other metadata, switching off, and what takes something from the key and gives it nothing need `keys:write` alone. Anything else takes the right to the secrets of the key, as `keys.rotate` has it, for the key as it would be: a personal key is widened, prolonged and switched on by its own person or a key of theirs alone. A key changes neither its own limits nor its own credits. What was taken away is refused by every instance once this has answered. A revoked key is not changed.',
    input:
      '`{ id, name?, permissions?, expiresAt?, enabled?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata? }`',
    answer: '`key`',
  },
  'keys.rotate': {
    does: 'Gives a key a new pair of secrets, under its old id. The old pair is good for `graceSeconds` more (0 to 2,592,000), an older one no longer; each signing secret goes with its own API key alone. `key.previous` shows until when the old pair is good and when it was last used. A key that is revoked, expired or disabled is not rotated. The secrets of a personal key go to its own person, or to another key of that person, and to nobody else, whatever their role; those of a service key to whoever could make one. Nobody is shown the secrets of a key that holds more than they do. A calling key is also not shown those of a less restricted key, of a key reduced by someone who did not hold what it held, or, with the pair from before a rotation, of any that would outlive the grace. Limits and credits go on as they were.',
    input: '`{ id, graceSeconds, idempotencyKey? }`',
    answer: '`{ key, secret, signingSecret, previousValidUntil }`',
  },
  'keys.revoke': {
    does: 'Ends a key for good. Once it has answered, no instance admits the key; a second time changes nothing.',
    input: '`{ id, reason? }`',
    answer: '`key`',
  },
  'keys.delete': {
    does: 'Takes a revoked key out of sight; whatever refers to its id stays true.',
    input: '`{ id }`',
    answer: '`{ }`',
  },
  'keys.tail': {
    does: "The key's calls as they end, on every instance: `{ type: 'call', at, procedure, outcome, durationMs, address, requestId }`, or `{ type: 'missed', count }` where some are not told. It ends within five seconds of the right to it. See [Usage](usage.md).",
    input: '`{ id, lastEventId? }`',
    answer: 'events',
  },
  'owners.update': {
    does: 'Bounds all keys of an external owner together, and makes the owner where there is none (a key with a new `externalId` makes it too). At least one of `limits` and `credits`, each as of a key and replaced whole: `limits: []` takes all limits away, `credits: null` ends the counting. It holds for the next request on every instance. A test key may not, since what bounds an owner bounds its live keys too; nor may a key that is itself tied to an external owner. What only takes away needs `keys:write` alone. Anything else lets every key of the owner do more, and needs the right to extend each of them: your own, or any of them where you may manage service keys (the roles owner and admin, and service keys, which must not be weaker than the keys of the owner).',
    input: '`{ externalId, limits?, credits? }`',
    answer: '`{ externalId, limits, credits, createdAt }`',
  },
  'owners.get': {
    does: 'One external owner, its credits as they stand now.',
    input: '`{ externalId }`',
    answer: '`{ externalId, limits, credits, createdAt }`',
  },
  'owners.list': {
    does: "The workspace's external owners, by their `externalId`. `limit` is 1 to 100, 50 without it; `nextCursor` is as of `keys.list`.",
    input: '`{ limit?, cursor? }?`',
    answer: '`{ items, nextCursor }`',
  },
  'audit.list': {
    does: "The records of the workspace's [audit log](audit.md), newest first. `from` and `to` are moments: from the one on, and before the other. `actorId` is a person's id or a key's, `action` a procedure's name or what the service does by itself, `subject` the id of what was changed. `limit` is 1 to 100, 50 without it; `nextCursor` is as of `keys.list`.",
    input: '`{ from?, to?, actorId?, action?, subject?, limit?, cursor? }?`',
    answer:
      '`{ items, nextCursor }`, of `{ seq, at, actor: { kind, id }, address, requestId, action, subject, before, after, mac }`',
  },
  'audit.verify': {
    does: 'Whether every record is as it was written, in its place, and none is missing. One call looks at 50,000 records at most, for about two seconds: where there are more it answers `verified: null`, and is called again with `nextCursor` as `cursor`. `known` is a head that the log told earlier. It shares no request with other calls. What the problems mean is on the page of the [audit log](audit.md).',
    input: '`{ known?: { seq, mac }, cursor? }?`',
    answer:
      '`{ verified: true, records, head: { seq, mac } | null }`, `{ verified: false, at, problem }` or `{ verified: null, records, nextCursor }`',
  },
  'usage.key': {
    does: 'How the calls of a key ended between `from` and `to`, by the `minute`, the `hour` or the `day` of UTC. See [Usage](usage.md).',
    input: '`{ id, from, to, step }`',
    answer: '`{ from, to, step, accepted, refused, points, outcomes, procedures }`',
  },
  'usage.workspace': {
    does: 'The same of all keys of the workspace, with the `top` keys that called most: 0 to 100, ten without it.',
    input: '`{ from, to, step, top? }`',
    answer: '`{ from, to, step, accepted, refused, points, outcomes, procedures, keys }`',
  },
  'usage.keys': {
    does: 'How the calls of several keys ended, side by side, as a list of keys shows them: `ids` are 1 to 100, and `items` are in their order, each `{ id, accepted, refused, points }`. All keys together have at most 10,000 points.',
    input: '`{ ids, from, to, step }`',
    answer: '`{ from, to, step, items }`',
  },
  'sessions.list': {
    does: "The caller's sessions that are not over, the newest first, a hundred at most. A session is `{ id, createdAt, refreshedAt, address, userAgent, current }`: from which address it was begun, and by what program, as far as that said so.",
    input: '`{ }?`',
    answer: '`{ items }`',
  },
  'sessions.revoke': {
    does: "Ends one of the caller's sessions, all but the one that asks, or all, at once, on every instance. `ended` is how many there were.",
    input: '`{ id }` or `{ others: true }` or `{ all: true }`',
    answer: '`{ ended }`',
  },
  'workspaces.list': {
    does: 'The workspaces that the caller belongs to, in the order in which they joined: `{ id, name, createdAt, role, active }`. The session acts in the one that is `active`; in none of them where the caller left that one.',
    input: '`{ }?`',
    answer: '`{ items }`',
  },
  'workspaces.create': {
    does: 'Makes a workspace that the caller owns. The session goes on acting where it did. Nobody belongs to more than a hundred.',
    input: '`{ name }`',
    answer: '`workspace`',
  },
  'workspaces.select': {
    does: "Lets the session act in another of the caller's workspaces, from the next request on.",
    input: '`{ id }`',
    answer: '`workspace`',
  },
  'workspaces.get': {
    does: 'The workspace that the session acts in, and how many there are of what its deletion would take away: members, keys that are not revoked (of them those that belong to no person), invitations that wait.',
    input: '`{ }?`',
    answer: '`{ id, name, createdAt, role, active, members, keys, serviceKeys, invitations }`',
  },
  'workspaces.rename': {
    does: 'Gives the workspace another name.',
    input: '`{ name }`',
    answer: '`workspace`',
  },
  'workspaces.delete': {
    does: 'Deletes the workspace that the session acts in: its keys are revoked, its invitations withdrawn, and nobody belongs to it, at once. `name` is its name, letter for letter, so that it is not the wrong one. The answer counts what it took away. There is no way back.',
    input: '`{ name }`',
    answer: '`{ id, members, keys, serviceKeys, invitations }`',
  },
  'members.list': {
    does: 'Who belongs to the workspace, by their ids: `{ userId, email, name, role, disabled, joinedAt }`. `limit` is 1 to 100, 50 without it; `nextCursor` is as for `keys.list`.',
    input: '`{ limit?, cursor? }?`',
    answer: '`{ items, nextCursor }`',
  },
  'members.setRole': {
    does: "Gives a member another role; it holds from the next request on, for their keys too. Invitations and password links that they could not make any more are void for good. Neither the role that they have nor the one that they get is above the caller's own. The last owner stays one.",
    input: "`{ userId, role: 'owner' | 'admin' | 'developer' | 'viewer' }`",
    answer: '`{ }`',
  },
  'members.remove': {
    does: 'Takes a member out of the workspace. Their keys are switched off and refused from then on, with `KEY_DISABLED`; those that belong to the workspace go on. Invitations and password links that they made, and links that were made for them, are void. None of it comes back with a new invitation: they switch each key on again themselves.',
    input: '`{ userId }`',
    answer: '`{ }`',
  },
  'members.leave': {
    does: 'Takes the caller out of the workspace that the session acts in; their keys, invitations and links end as with `members.remove`. The last owner cannot leave.',
    input: '`{ }?`',
    answer: '`{ }`',
  },
  'invitations.create': {
    does: "Invites the person of an e-mail address, with a role no higher than the caller's own. `token` is shown here and never again: hand it to them yourself, as no mail is sent. It is good once, for seven days, and takes the place of an earlier one for the same address. At most 200 wait. `invitation` is `{ id, email, role, invitedBy, createdAt, expiresAt }`.",
    input: '`{ email, role }`',
    answer: '`{ invitation, token }`',
  },
  'invitations.list': {
    does: 'The invitations that wait and could be accepted, the newest first.',
    input: '`{ }?`',
    answer: '`{ items }`',
  },
  'invitations.revoke': {
    does: 'Withdraws an invitation that waits.',
    input: '`{ id }`',
    answer: '`{ }`',
  },
  'invitations.accept': {
    does: 'Lets the caller, whose address is the invited one, belong to the workspace. The session goes on acting where it did: `workspaces.select` comes next. Whatever is wrong with the token is answered alike. Whoever has no account yet gives the token to `auth.signUp`.',
    input: '`{ token }`',
    answer: '`{ workspace: { id, name, role } }`',
  },
  verify: {
    does: 'Says whether a request that another service received is to be carried out, and claims it: [Verify a request](verify-a-request.md). The answer is 200 whatever the verdict; an outage is `UNAVAILABLE`, and admits nobody. The key sees the callers of its own workspace, and of the keys those of its own environment, for the hosts in its `authorities` alone.',
    input: '`{ method, authority, target, headers, bodySha256, address?, require?, cost?, limit?, dryRun? }`',
    answer:
      "`{ valid: true, caller, permissions, limits, credits }` or `{ valid: false, reason, httpStatus, message, docs, limits, … }`; of a dry run the same with `dryRun: 'admitted'` or `'refused'` in place of `valid`",
  },
  exemple: {
    does: 'Greets. The smallest signed call there is.',
    input: '`{ name? }?`',
    answer: '`{ message, at, caller: { keyId, userId } }`',
  },
  echo: {
    does: 'Says what it was told, at most 100,000 characters.',
    input: '`{ text }`',
    answer: '`{ text, caller }`',
  },
  profile: {
    does: 'The person for whom the key calls.',
    answer: '`{ user, caller }`',
  },
  whoami: {
    does: 'How the service sees the caller, and what the caller may do. `key` is `{ id, name, environment, externalId, limits, credits }`: the limits with those of the external owner, which go by `owner.<name>`; `credits` is `{ remaining }` of whichever of the two has least left, or `null` where nobody counts. It counts against limits and costs nothing.',
    answer: '`{ kind, key, user, session, workspace, permissions, environment }`',
  },
  clock: {
    does: 'Ticks, every second or every 50 to 60,000 ms, until the caller leaves or may no longer listen. A stream that broke goes on after `lastEventId`.',
    input: '`{ everyMs?, lastEventId? }?`',
    answer: '`{ tick, at }`',
  },
  upload: {
    does: 'Takes bytes, or a form with one file, and says what arrived. Nothing of it is looked at before its signature is right.',
    input: '`application/octet-stream`, `multipart/form-data`',
    answer: '`{ name, size, sha256 }`',
  },
  health: {
    does: 'Whether the service answers.',
    answer: "`{ status: 'ok', version }`",
  },
} as const satisfies Readonly<Record<string, ProcedureText>>;
