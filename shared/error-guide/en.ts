import type { ErrorGuide } from './error-help.ts';

export const en: ErrorGuide = {
  title: 'Refusals',
  parts: { happened: 'What happened', why: 'Why', fix: 'How to fix it' },
  reasons: {
    INPUT_INVALID: {
      happened: 'The caller may make this call, but its input is not what the procedure takes.',
      why: 'A field is missing, has another type, is out of bounds or is not known to the procedure; the input is not JSON; the query has a parameter that no call reads, such as `input[name]`; or the input of a batch has a member that is no call of it.',
      fix: '`issues` says where and what is wrong, by the `path` of each field. [Procedures](procedures.md) says what each takes. The call was counted in the limits, and cost no credits.',
    },
    REQUEST_MALFORMED: {
      happened: 'The request was refused before anybody looked at who sent it.',
      why: 'It can be read in two ways, or has what is not taken under `/api`: a repeated header, a body on `GET`, dot segments or a fragment in the target, trailers, a method override, a public procedure in a batch, more than twenty calls in one, a body that was cut short, or malformed forwarding headers.',
      fix: 'Send what [Sign a request](sign-a-request.md) describes. Where your code does, look at what a proxy on the way makes of it.',
    },

    KEY_MISSING: {
      happened: 'The request carries no `authorization`.',
      why: 'Only public procedures are open to nobody in particular. A header that a proxy or a redirect took away is missing too.',
      fix: 'Send `authorization: Bearer <API key>`; a person sends their access token there.',
    },
    KEY_INVALID: {
      happened: 'What `authorization` holds is no key that this service knows.',
      why: 'There is no such key, its secret is wrong, a character was lost on the way, the key was rotated and its old secrets are over, it is of another service (at `verify`: of a workspace or an environment that the asking key does not see), or the header is not `Bearer <API key>`. All these look alike: nothing is told about a key to whoever does not hold it.',
      fix: 'Copy the key again, whole. Where it is lost, rotate it or make another: it is shown once.',
    },
    KEY_EXPIRED: {
      happened: 'The key is right, and its time is over.',
      why: 'It was made with an `expiresAt`, which has passed.',
      fix: 'Make another key, or have `expiresAt` moved ahead with `keys.update`.',
    },
    KEY_REVOKED: {
      happened: 'The key is right, and somebody ended it for good.',
      why: '`keys.revoke` was called for it, or its workspace was deleted. The audit log has who did it, and when.',
      fix: 'Make another key. One that is revoked does not come back.',
    },
    KEY_DISABLED: {
      happened: 'The key is right, and switched off.',
      why: 'Somebody switched it off, or its owner left the workspace.',
      fix: 'Have it switched on with `keys.update { enabled: true }`, or make one of your own. For a program that is to go on when people leave, see service keys in [Teams](teams.md).',
    },

    TOKEN_MISSING: {
      happened: 'The call needs a user token, and none came.',
      why: 'The procedure is for a person, or for a key on behalf of one; or `auth.refresh` came without a refresh token.',
      fix: 'Beside a key send the access token in `x-user-token`; a person sends it as `authorization: Bearer`. Sign it with the rest: it is line 9 of the base.',
    },
    TOKEN_INVALID: {
      happened: 'The token was not taken.',
      why: 'It is not one of this service, it is of another session than the one that signs, or the refresh token is not known.',
      fix: 'Send the `accessToken` of the session whose signing secret signs, as it was given. Where that is not at hand, sign in again.',
    },
    TOKEN_EXPIRED: {
      happened: 'The access token was a good one, and its time is over.',
      why: 'An access token is good for ten minutes.',
      fix: 'Call `auth.refresh` and send the call again, signed anew. [The client](client.md) does so by itself.',
    },
    SESSION_ENDED: {
      happened: 'The session is over.',
      why: 'Signed out, idle for 30 days, 90 days old, a refresh token used twice, ended from another session, the password changed or the account disabled.',
      fix: 'Sign in again. Where a refresh token was used twice and it was not you, somebody else has it: change the password.',
    },

    SIGNATURE_MISSING: {
      happened: 'The request carries no `x-signature`.',
      why: 'Everything but public procedures is signed: a key that leaked is worth nothing without its signing secret.',
      fix: '[Sign a request](sign-a-request.md) says how, [by hand](sign-by-hand.md) line by line; [the client](client.md) signs by itself.',
    },
    SIGNATURE_MALFORMED: {
      happened: '`x-signature` cannot be read.',
      why: 'It is not `v1,k=…,t=…,n=…,s=…` in this order and without spaces, a part is not of its form (`t` ten digits, `n` 22 to 64 characters of `A-Z a-z 0-9 _ -`, `s` 64 lowercase hex digits), or `t` is more than ten minutes ahead.',
      fix: 'Look for a part that is empty, for milliseconds in `t`, for base64 with `+`, `/` or `=` in `n`, and for capitals in `s`.',
    },
    SIGNATURE_INVALID: {
      happened: 'What was signed is not what arrived.',
      why: 'A line of the base differs (something on the way, or the HTTP library after signing, rewrote the host, the path, the content type or the body), the signing secret is not the one of this API key, or `k` is not its id.',
      fix: 'Outside production compare `debug.base` with your ten lines; [the client](client.md) does so in its error message. Where all ten agree, it is the secret. [Sign a request by hand](sign-by-hand.md) has values to try your code on.',
    },
    SIGNATURE_EXPIRED: {
      happened: 'The signature is right, and `t` is not now.',
      why: 'It is over 300 seconds old or over 60 ahead: a clock is wrong, or the request waited before it was sent. For some seconds after the service crashed this is its answer too.',
      fix: 'Check the `mac` of `clock`, take its `now`, and sign anew, once: see [Sign a request](sign-a-request.md). [The client](client.md) does so by itself. Then set the clock.',
    },
    SIGNATURE_REPLAYED: {
      happened: 'This very signature was accepted before.',
      why: 'A signature is good once. Something sent the request twice: a retry of an HTTP library or a proxy, a nonce that is not new, or somebody who captured it.',
      fix: 'Sign every request anew, a retry too, with a nonce of its own. The first of the two was let in: before you call again, see what it did, or call with an `idempotencyKey` where the procedure takes one.',
    },
    CREDENTIALS_INVALID: {
      happened: 'The e-mail address or the password is wrong.',
      why: 'Which of the two is not told. Where an account is changed, it is the present password.',
      fix: 'Try again, or have whoever manages the workspace make a link to set a new password.',
    },

    PERMISSION_DENIED: {
      happened: 'The caller is known, and may not do this.',
      why: "`missing` names the permission that the key, its owner's role or the user's role lacks.",
      fix: 'Ask whoever manages the keys for one that holds it.',
    },
    IP_DENIED: {
      happened: 'The key may not be used from where the call came.',
      why: 'It may be used from its `allowedAddresses` alone, and this is none of them. At `verify` also where the service told no `address`.',
      fix: "Call from there, or have the address added. A service that asks `verify` hands over the caller's address, not its proxy's.",
    },
    ENVIRONMENT_DENIED: {
      happened: 'The key is of the wrong environment for this.',
      why: 'A test key reached for something live (a key, or an external owner that is not its own), or the procedure takes keys of the other environment alone.',
      fix: 'Use a key of that environment.',
    },
    WORKSPACE_DENIED: {
      happened: 'The person does not belong to the workspace, or not any more.',
      why: 'They left it, were taken out of it, or it was deleted; or the key that calls for them is of another workspace than theirs.',
      fix: 'A session that acted there still lists, makes and selects workspaces: see [Teams](teams.md). Select another, or have yourself invited.',
    },
    ESCALATION_DENIED: {
      happened: 'The call would have given more than its caller holds.',
      why: "Nobody grants what they do not hold, and no key loosens what binds it. `missing` names it: a permission; `expiresAt`, `allowedAddresses`, `externalId` or `authorities`, where the calling key is bound closer than the other would be; `limits` or `credits`, where it reached for its own, or has credits and reached for another key; `service`, where a person's key reached for one that belongs to the workspace; `ownerId`, where the secrets are somebody else's to have, to prolong or to widen; or a role above the caller's own.",
      fix: 'Ask for less, or let a person do it.',
    },
    INVITATION_INVALID: {
      happened: 'The invitation opens nothing.',
      why: 'It is unknown, used, withdrawn, over seven days old or for another address, or whoever made it may not make it any more.',
      fix: 'Sign in with the address that was invited, or have another made.',
    },
    RESET_INVALID: {
      happened: 'The link to set a password opens nothing.',
      why: 'It is unknown, used, replaced or over a day old, or whoever made it may not make it any more.',
      fix: 'Have another made.',
    },
    ACCESS_DENIED: {
      happened: 'The call came with another kind of proof than it takes.',
      why: 'It takes a key and a person called, or it takes a person who signs with their own session and a key called (for somebody, too). Or sign-up is closed, the set-up token is not right, or a cookie was used from a page of another origin.',
      fix: '[Procedures](procedures.md) says who may call each. Where sign-up is closed, have yourself invited.',
    },

    PROCEDURE_NOT_FOUND: {
      happened: 'There is nothing under this name.',
      why: 'The procedure is misspelt or of another version, or the path does not begin with `/api/`.',
      fix: '[Procedures](procedures.md) has them all; names are case-sensitive.',
    },
    KEY_NOT_FOUND: {
      happened: 'The workspace has no key of this id.',
      why: 'It is of another workspace, was deleted, or the id is not whole.',
      fix: 'See `keys.list`. The id is the third part of an API key.',
    },
    MEMBER_NOT_FOUND: {
      happened: 'The workspace has no member of this id.',
      why: 'They left it, or the id is of something else.',
      fix: 'See `members.list`.',
    },
    INVITATION_NOT_FOUND: {
      happened: 'The workspace has no invitation of this id that waits.',
      why: 'It was accepted, withdrawn or replaced, or is too old.',
      fix: 'See `invitations.list`.',
    },
    WORKSPACE_NOT_FOUND: {
      happened: 'You belong to no workspace of this id.',
      why: 'It was deleted, you left it, or it is not yours.',
      fix: 'See `workspaces.list`.',
    },
    SESSION_NOT_FOUND: {
      happened: 'You have no session of this id.',
      why: 'It is over already, or not yours.',
      fix: 'See `sessions.list`.',
    },
    OWNER_NOT_FOUND: {
      happened: 'The workspace has no external owner of this `externalId`.',
      why: 'Nobody has made it yet, or it is written otherwise.',
      fix: '`owners.update` makes one, and so does the first key that is tied to it.',
    },

    METHOD_NOT_SUPPORTED: {
      happened: 'The procedure is there, and does not take this HTTP method.',
      why: 'Queries and subscriptions are `GET`, mutations `POST`; nothing under `/api` is `HEAD` or anything else.',
      fix: 'Use the method that [Procedures](procedures.md) names. It is line 5 of what is signed.',
    },
    REQUEST_TIMEOUT: {
      happened: 'The request took too long to arrive.',
      why: 'The headers were not there after 10 seconds, or the body came more slowly than 8 KiB a second over 10 seconds (16 KiB before a key or a session is proven).',
      fix: 'Send it again, signed anew, over a better line or with a smaller body.',
    },
    CONFLICT: {
      happened: 'The call is at odds with what there is.',
      why: "An e-mail address that is taken, a key that is revoked, or must be first, the last owner of a workspace, a member who is one already, a name that is not the workspace's, or a limit of how many there may be.",
      fix: 'Look at how things stand, and decide anew. The same call again ends the same way.',
    },
    IDEMPOTENCY_MISMATCH: {
      happened: 'The idempotency key was used with another input.',
      why: 'An `idempotencyKey` stands for one call with one input, for a day.',
      fix: 'For another call take another key; to repeat one, send the very same input.',
    },
    BODY_TOO_LARGE: {
      happened: 'The body is over the limit.',
      why: 'The limit is 1 MiB unless the service was set up otherwise, and 16 KiB for public procedures and `auth.refresh`.',
      fix: 'Send less at once, or have the operator raise `KEYSEAL_MAX_BODY_BYTES`.',
    },
    MEDIA_TYPE_NOT_SUPPORTED: {
      happened: 'The body is of a type that the procedure does not take.',
      why: 'The content type is not one of its own (JSON, but for those that take forms or bytes), or there is a `content-encoding`.',
      fix: 'Send `content-type: application/json`, and no compressed body. The content type is line 8 of what is signed.',
    },
    AUTHORITY_UNKNOWN: {
      happened: 'The service was asked for under a host that is not its own.',
      why: "The `host` of the request is not one of the public origins; often a proxy put its own there. At `verify`: the `authority` is none of the verifying key's `authorities`.",
      fix: 'The operator sets `KEYSEAL_PUBLIC_ORIGINS`. At `verify` a person adds the authority with `keys.update`, written as it is signed.',
    },
    RATE_LIMITED: {
      happened: 'A rate limit is reached; nothing was counted or spent.',
      why: 'It is one of the key, of its external owner, of the service, or of the session and its person; `limit` and `resetAt` are of the limit that is full for longest. Of `keys.tail`: the workspace watches with as many streams as it may, which is `limit`.',
      fix: 'Wait for `retryAfter` seconds: then, unless others take it, there is room for one call. See [Limits and credits](limits-and-credits.md).',
    },
    CREDITS_EXHAUSTED: {
      happened: 'The credits do not cover the call; nothing was spent.',
      why: 'What is left of the credits of the key or of its external owner (`remaining`, the lesser of the two) is less than the call costs.',
      fix: 'Wait for the refill at `resetAt`, where there is one, or have more given with `keys.update` or `owners.update`. See [Limits and credits](limits-and-credits.md).',
    },
    TOO_MANY_FAILURES: {
      happened: 'There were too many wrong attempts.',
      why: 'They came from this address or its network, or were made at this account; yours may be one of many behind the same address.',
      fix: 'Wait for `retryAfter` seconds, and mend what was wrong. A right signature is never refused by this; a right password may have to wait. A key that an earlier version made may have to wait as well when it is looked up for the first time: rotate it.',
    },
    HEADERS_TOO_LARGE: {
      happened: 'The headers are too large.',
      why: 'One is over 8 KiB, there are more than a hundred, or all together are over 32 KiB.',
      fix: 'Send fewer; often it is cookies that nobody needs here.',
    },

    INTERNAL: {
      happened: 'Something went wrong in the service.',
      why: 'It is a fault of the service, and not of the call. Its log has the cause under `requestId`.',
      fix: 'Tell the operator the `requestId`. Credits that the call took were given back.',
    },
    UNAVAILABLE: {
      happened: 'The service cannot answer now, and lets nobody in on a guess.',
      why: 'It is starting, its database is out of reach, or it has more to do than it can.',
      fix: 'Try again, signed anew, after `retryAfter` seconds where it is there. A mutation may have been carried out all the same: see what it did, or call with an `idempotencyKey` where the procedure takes one.',
    },
  },
};
