import type { ErrorGuide } from './error-help.ts';

export const en: ErrorGuide = {
  title: 'Refusals',
  parts: { happened: 'What happened', why: 'Why', fix: 'How to fix it' },
  reasons: {
    INPUT_INVALID: {
      happened: 'The caller may make this call, but its input is not valid for the procedure.',
      why: 'The reason is one of these: a field is missing, has another type, is out of bounds or is unknown to the procedure; the input is not JSON; the query has a parameter that no call reads, such as `input[name]`; the input of a batch has a property that belongs to no call of the batch; the JSON of the inputs, those of a batch together, is longer than their procedures allow: 640 KiB for `verify` and `echo`, 128 KiB for all others of Keyseal; a form has no valid boundary.',
      fix: 'Correct the fields that `issues` names by their `path`. [Procedures](procedures.md) describes each input. The call counted against the limits, and cost no credits.',
    },
    REQUEST_MALFORMED: {
      happened: 'The service refused the request before it identified the caller.',
      why: 'The request can be read in two ways, or has something that `/api` does not accept: a repeated header, a body on `GET`, dot segments or a fragment in the target, trailers, a method override, a public procedure in a batch, more than twenty calls in one request, a body that was cut short, or malformed forwarding headers. Or it is not HTTP/1.1: the port got TLS, HTTP/2 or the PROXY protocol.',
      fix: '`issues` names the rule that the request breaks (`rule`), and the part that breaks it (`path`, such as `headers.host`). Send the request as [Sign a request](sign-a-request.md) describes. If your code already does, check whether a proxy on the way changes the request.',
    },

    KEY_MISSING: {
      happened: 'The request has no `authorization` header.',
      why: 'Only public procedures accept a call without a credential. A proxy or a redirect may also have removed the header.',
      fix: 'Send `authorization: Bearer <API key>`. A signed-in user sends an access token there instead.',
    },
    KEY_INVALID: {
      happened: 'This service does not know the key in `authorization`.',
      why: 'The key does not exist, its secret is wrong, a character was lost on the way, the key was rotated and its old secrets have ended, or it belongs to another service. With `verify`, it may belong to a workspace or an environment that the verifying key cannot see. Or the header is not `Bearer <API key>`. The response is the same in all these cases, so that it reveals nothing about a key to a caller who does not have it.',
      fix: 'Copy the whole key again. If it is lost, rotate it or create another: a key is shown only once.',
    },
    KEY_EXPIRED: {
      happened: 'The key is correct, but it has expired.',
      why: 'The key has an `expiresAt`, and that time has passed.',
      fix: 'Create another key, or ask for a later `expiresAt` with `keys.update`.',
    },
    KEY_REVOKED: {
      happened: 'The key is correct, but someone revoked it permanently.',
      why: 'Someone called `keys.revoke` for the key, or deleted its workspace. The audit log shows who did it, and when.',
      fix: 'Create another key. You cannot restore a revoked key.',
    },
    KEY_DISABLED: {
      happened: 'The key is correct, but it is disabled.',
      why: 'Someone disabled it, or its owner left the workspace.',
      fix: 'Ask for it to be enabled with `keys.update { enabled: true }`, or create your own key. For a program that must keep working when people leave, use a service key: see [Teams](teams.md).',
    },

    TOKEN_MISSING: {
      happened: 'The call needs a user token, and the request has none.',
      why: 'The procedure is for a user, or for a key on behalf of a user. Or `auth.refresh` came without a refresh token.',
      fix: 'With a key, send the access token in `x-user-token`. A signed-in user sends it as `authorization: Bearer`. Sign it with the request: it is line 9 of the signature base.',
    },
    TOKEN_INVALID: {
      happened: 'The service did not accept the token.',
      why: 'Another service issued it, it belongs to a different session from the one that signs, or the refresh token is unknown. A token of an identity provider is for another audience or client than its entry names, or is an ID token.',
      fix: 'Send the unchanged `accessToken` of the session whose signing secret signs. If you no longer have it, sign in again. For a token of an identity provider, the log of the service says at the level `debug` what is wrong: [Your identity provider](identity-provider.md#if-a-token-is-refused).',
    },
    TOKEN_EXPIRED: {
      happened: 'The access token is correct, but it has expired.',
      why: 'An access token is valid for ten minutes.',
      fix: 'Call `auth.refresh`, sign the call again and send it again. [The client](client.md) does so automatically.',
    },
    SESSION_ENDED: {
      happened: 'The session has ended.',
      why: 'The user signed out, the session was idle for 30 days or is 90 days old, a refresh token was used twice, the session was ended from another session, the password changed, or the account was disabled; or the user signed out at the [identity provider](identity-provider.md).',
      fix: 'Sign in again. If a refresh token was used twice and you did not do it, someone else has it: change the password.',
    },

    SIGNATURE_MISSING: {
      happened: 'The credential in `authorization` has not signed the request.',
      why: 'The request has no `x-signature` header, and no RFC 9421 signature whose `keyid` is the id of the key or session (the third part of an API key, not the whole key). Every procedure except the public ones needs a signature, so that a leaked key is useless without its signing secret.',
      fix: 'Sign the request: [Sign a request](sign-a-request.md) explains how, and [by hand](sign-by-hand.md) shows each line; [a standard library](standard-signatures.md) can sign too. [The client](client.md) signs automatically.',
    },
    SIGNATURE_MALFORMED: {
      happened: 'The service cannot read the signature.',
      why: '`x-signature` does not have the format `v1,k=…,t=…,n=…,s=…` in this order and without spaces; a part is not valid (`t` is ten digits, `n` is 22 to 64 characters of `A-Z a-z 0-9 _ -`, `s` is 64 lowercase hex digits); or `t` is more than ten minutes ahead. For an RFC 9421 signature, `issues` names the rule that it breaks.',
      fix: 'Look for an empty part, for milliseconds in `t`, for base64 with `+`, `/` or `=` in `n`, and for capitals in `s`. For RFC 9421, [Sign with a standard library](standard-signatures.md) has the parameters.',
    },
    SIGNATURE_INVALID: {
      happened: 'The signed request is not the request that arrived.',
      why: 'A line of the signature base differs, the signing secret does not belong to this API key, or `k` is not the id of the key. An RFC 9421 signature may also not cover the whole request, `alg` may not be the algorithm of the key, or `content-digest` may not match the body. A line differs if the HTTP library after signing, or a proxy on the way, changed the host, the path, the content type or the body. Proxies do so in ways that other requests survive: they decode or encode the path, merge slashes, sort or drop query parameters, strip a prefix, add `charset` to the content type, or compress.',
      fix: 'If `missing` is there, cover the components that it lists. If `issues` is there, a header contradicts the key or the body: it says which, and how. Outside production, compare `debug.base` with your lines; [the client](client.md) does so in its error message. If all lines are equal, the signing secret is wrong. If only calls through a proxy are refused, make it pass on the request line and these headers as they are. [Sign a request by hand](sign-by-hand.md) has values to test your code with.',
    },
    SIGNATURE_EXPIRED: {
      happened:
        'The signature is correct, but its time (`t`, or `created` and `expires` of RFC 9421) is outside the allowed window.',
      why: 'It is more than 300 seconds old or more than 60 seconds ahead, or `expires` has passed: a clock is wrong, or the request waited before it was sent. For some seconds after a crash, the service also returns this refusal.',
      fix: 'Check the proof of `clock` (`mac`; for a key with a public key `signature`), use its `now`, and sign again, once: see [Sign a request](sign-a-request.md). If the signature was in its window when you sent it, and the request came late or twice, an earlier copy may have been accepted: check what it did before you repeat a call that changes something. [The client](client.md) does all this automatically. Then set the clock.',
    },
    SIGNATURE_REPLAYED: {
      happened: 'The service has already accepted this signature.',
      why: 'The service accepts each signature once. The request was sent twice: by a retry of an HTTP library or a proxy, with a nonce that is not new, or by someone who captured it.',
      fix: 'Sign every request with a new nonce, including retries. The first of the two requests was accepted: before you call again, check what it did, or send an `idempotencyKey` if the procedure accepts one.',
    },
    CREDENTIALS_INVALID: {
      happened: 'The e-mail address or the password is wrong.',
      why: 'The service does not say which of the two is wrong. If you were changing an account, the current password is wrong. After the password, the code of the second factor is wrong, or was used already. Or the passkey is not accepted: it was removed or disabled, its response is wrong, or its account is disabled.',
      fix: 'Try again, or ask an administrator of the workspace for a link to set a new password.',
    },
    UNAUTHORIZED: {
      happened: 'The procedure does not accept how the caller was authenticated.',
      why: 'Keyseal admitted the caller, but a procedure of this service itself requires more: a further proof, or an account elsewhere. The message says which.',
      fix: 'Do what the message says. Another API key or a new session does not help by itself.',
    },
    PAYMENT_REQUIRED: {
      happened: 'The procedure requires a payment.',
      why: 'A procedure of this service itself decided so, such as a plan that does not include the call. The credits of the key have nothing to do with it.',
      fix: 'Do what the message says, or ask the operator of the service.',
    },

    PERMISSION_DENIED: {
      happened: 'The service knows the caller, but the caller may not do this.',
      why: '`missing` names the permission that the key, the role of its owner or the role of the user lacks.',
      fix: 'Ask an administrator for a key, or a role, with this permission.',
    },
    IP_DENIED: {
      happened: 'The key may not be used from the IP address of this call.',
      why: 'The key has `allowedAddresses`, and this address is not one of them. With `verify`, the calling service may also have sent no `address`.',
      fix: 'Call from an allowed address, or ask for this one to be added. A service that calls `verify` must send the IP address of the caller, not that of its proxy.',
    },
    ENVIRONMENT_DENIED: {
      happened: 'The key belongs to the wrong environment for this call.',
      why: 'A test key tried to use something live (a key, or an external owner that is not its own), or the procedure accepts only keys of the other environment.',
      fix: 'Use a key of that environment.',
    },
    WORKSPACE_DENIED: {
      happened: 'The user is not a member of the workspace.',
      why: 'The user left it or was removed, or the workspace was deleted. Or the key that calls on behalf of the user belongs to a workspace of which the user is not a member.',
      fix: 'A session that acted in the workspace can still list, create and select workspaces: see [Teams](teams.md). Select another one, or ask for an invitation.',
    },
    SIGN_IN_RULE: {
      happened: 'The user is a member of the workspace, but its rule requires a different sign-in.',
      why: 'An owner of the workspace has set how its members must sign in, and this session began differently. `missing` says what it lacks: `secondFactor` (a code, or a sign-in with an identity provider that asked for a second factor), or `issuer:` and the name of the identity provider with which to sign in. With `workspaces.update` it means that your own session would not meet the new rule.',
      fix: 'For `secondFactor`, set up a second factor in your profile, or sign out and in again with a code. For an identity provider, sign in with it. Until then the session can manage its account, select another workspace and leave this one: see [Teams](teams.md#rules-for-signing-in). If nobody can meet the rule any more, the operator of the service removes it with `keyseal workspaces clear-sign-in-rule`.',
    },
    ESCALATION_DENIED: {
      happened: 'The call would grant more rights than the caller has.',
      why: 'A caller cannot grant a right that the caller does not have, and a key cannot loosen its own restrictions. `missing` names the right: a permission; `expiresAt`, `allowedAddresses`, `externalId` or `authorities`, if the calling key is more restricted than the other key would be; `limits` or `credits`, if a key tried to change its own, or has credits and tried to change another key; `service`, if a personal key tried to change a service key; `ownerId`, if the secrets belong to another person: only that person may receive, extend or widen them; or a role above that of the caller.',
      fix: 'Request less, or let a person with these rights make the call.',
    },
    STEP_UP_REQUIRED: {
      happened: 'The caller may make this change, but must first prove again who they are.',
      why: 'The last proof of the session is more than ten minutes old. A sign-in is such a proof; a refresh is not. These changes require one: to create or rotate a live key, or to let one do more; to change the members of a workspace and their roles; to create a link that sets a password; to delete a workspace, or to change its rule for signing in. A stolen session alone can do none of this. Calls by keys need no such proof.',
      fix: 'Call `auth.stepUp` with the password and, if the account has a second factor, a code; then make the call again. An account without a password signs in again: `auth.startSignIn` with `fresh: true`. The console asks for it automatically. A program should use a key, not a session.',
    },
    INVITATION_INVALID: {
      happened: 'The service did not accept the invitation.',
      why: 'The invitation is unknown, used, withdrawn, more than seven days old or for another e-mail address, or its author may no longer invite.',
      fix: 'Sign in with the address that was invited, or ask for a new invitation.',
    },
    RESET_INVALID: {
      happened: 'The service did not accept the link to set a password.',
      why: 'The link is unknown, used, replaced or more than a day old, or its author may no longer make one.',
      fix: 'Ask for a new link.',
    },
    SIGN_IN_INVALID: {
      happened:
        'The service did not accept the response of the identity provider, or the challenge of a second factor or a passkey.',
      why: 'The provider refused the sign-in, or the user cancelled it. Or the sign-in took more than ten minutes, was finished before, or began in another browser. Or the response is not for this sign-in: its state, its issuer or its ID token is wrong. Or the code of a second factor came more than five minutes after the password, in another browser, or after the account changed. Or the response of a passkey came more than five minutes after its challenge, from another browser or session, or a second time.',
      fix: 'Begin the sign-in again, in this browser. If that fails too, the log of the service has the cause under the request id.',
    },
    EXCHANGE_DENIED: {
      happened: 'The service did not exchange the token of a workload for an API key.',
      why: 'No issuer with `workload: true` issued the token, or it has expired, was used before, is for several audiences, or its signature is wrong. Or no exchange rule fits it: its `aud`, its `sub` or another claim is not what the rule says, the call came from an IP address that the rule does not allow, or the rule is disabled or deleted. Or several rules fit. The response does not say which, because anyone may call it.',
      fix: 'Compare the claims of the token with the rule. The audit log of the workspace has `exchange.refused` with the cause, and the log of the service has it under the request id. If several rules fit, name one with `rule`. Get a new token for each exchange. See [Workload identity](workload-identity.md).',
    },
    ACCESS_DENIED: {
      happened: 'The call does not accept the kind of credential that was sent.',
      why: 'The procedure is for a key and a session called, or it is for a session and a key called (with or without a user token). Or sign-up is closed, the set-up token is wrong, or a page of another origin used a cookie. Or passkeys do not work on the page: its origin is not known here, or has an IP address instead of a host name. Or someone signed in with an identity provider whose account is disabled, or who may not have an account: sign-up is closed and no `join` rule fits, or the provider has not verified the e-mail address.',
      fix: 'See [Procedures](procedures.md) for the callers that each procedure accepts. If sign-up is closed, ask for an invitation. [Identity providers](identity-provider.md) describes `join` rules.',
    },
    FORBIDDEN: {
      happened: 'The procedure does not allow the caller to do this.',
      why: 'The key or the role has the permission that the guard requires; the procedure itself refused the call because of what it is about.',
      fix: 'Do what the message says, or ask the operator of the service. Another permission does not help by itself.',
    },

    PROCEDURE_NOT_FOUND: {
      happened: 'There is no procedure with this name.',
      why: 'The name is misspelt or belongs to another version, or the path does not begin with `/api/`.',
      fix: 'See [Procedures](procedures.md) for all names. They are case-sensitive.',
    },
    KEY_NOT_FOUND: {
      happened: 'The workspace has no key with this id.',
      why: 'The key belongs to another workspace or was deleted, or the id is incomplete.',
      fix: 'See `keys.list`. The id is the third part of an API key.',
    },
    MEMBER_NOT_FOUND: {
      happened: 'The workspace has no member with this id.',
      why: 'The user left the workspace, or the id belongs to something else.',
      fix: 'See `members.list`.',
    },
    INVITATION_NOT_FOUND: {
      happened: 'The workspace has no pending invitation with this id.',
      why: 'The invitation was accepted, withdrawn or replaced, or is too old.',
      fix: 'See `invitations.list`.',
    },
    WORKSPACE_NOT_FOUND: {
      happened: 'You are not a member of a workspace with this id.',
      why: 'The workspace was deleted, you left it, or you never belonged to it.',
      fix: 'See `workspaces.list`.',
    },
    SESSION_NOT_FOUND: {
      happened: 'You have no session with this id.',
      why: 'The session has already ended, or it belongs to someone else.',
      fix: 'See `sessions.list`.',
    },
    OWNER_NOT_FOUND: {
      happened: 'The workspace has no external owner with this `externalId`.',
      why: 'Nobody has created it yet, or the id is spelt differently.',
      fix: 'Create it with `owners.update`, or create a key with this `externalId`.',
    },
    NOT_FOUND: {
      happened: 'The procedure exists, but what the call is about does not.',
      why: 'A procedure of this service itself looked for something that this input names and did not find it, or does not show it to this caller.',
      fix: 'Check the ids in the input.',
    },

    METHOD_NOT_SUPPORTED: {
      happened: 'The procedure exists, but does not support this HTTP method.',
      why: 'Queries and subscriptions use `GET`, mutations use `POST`. Nothing under `/api` supports `HEAD` or another method.',
      fix: 'Use the method in [Procedures](procedures.md). It is line 5 of the signature base.',
    },
    REQUEST_TIMEOUT: {
      happened: 'The request took too long to arrive.',
      why: 'The headers were not complete after 10 seconds, or the body came more slowly than 8 KiB a second over 10 seconds (16 KiB before a key or a session is authenticated). The operator can set another rate; `issues` names the one that holds.',
      fix: 'Sign it again and send it over a faster connection, or with a smaller body.',
    },
    TIMEOUT: {
      happened: 'The procedure gave up, because it took too long.',
      why: 'Something that the procedure of this service waits for did not come in time. The request itself arrived whole.',
      fix: 'Check what the call did before you make it again, or send an `idempotencyKey` if the procedure accepts one.',
    },
    CONFLICT: {
      happened: 'The call conflicts with the current state.',
      why: 'For example: the e-mail address is already in use, the key is revoked or must be revoked first, the user is the last owner of the workspace or already a member, the name is not that of the workspace, or there are already as many as the limit allows.',
      fix: 'Check the current state and change the call. The same call gets the same response.',
    },
    IDEMPOTENCY_MISMATCH: {
      happened: 'The idempotency key was already used with a different input.',
      why: 'For a day, an `idempotencyKey` identifies one call with one input.',
      fix: 'Use a new key for another call. To repeat a call, send exactly the same input.',
    },
    PRECONDITION_FAILED: {
      happened: 'A condition that the call depends on does not hold.',
      why: 'A procedure of this service itself checks it, such as a version that someone else has changed in the meantime.',
      fix: 'Read the current state, and make the call for that.',
    },
    BODY_TOO_LARGE: {
      happened: 'The body of the request is larger than the limit, or the results of a batch together are.',
      why: 'The limit is 1 MiB unless the operator set another one, and 16 KiB for public procedures and `auth.refresh`. A form has at most 100 parts, with 32 KiB of headers in all of them together. The results of a batch of queries have at most 4 MiB together; the calls beyond that are refused.',
      fix: 'Send less in one request, or make the refused calls of a batch in other requests; the TypeScript client does so by itself. Only for the limit of 1 MiB: the operator can raise `KEYSEAL_MAX_BODY_BYTES`.',
    },
    MEDIA_TYPE_NOT_SUPPORTED: {
      happened: 'The procedure does not accept a body of this type.',
      why: 'The procedure does not support this content type (procedures accept JSON, except those that accept form data or bytes), or the request has a `content-encoding` other than `identity`.',
      fix: 'Send `content-type: application/json`, and do not compress the body. The content type is line 8 of the signature base.',
    },
    AUTHORITY_UNKNOWN: {
      happened: 'The host of the request is not a host of this service.',
      why: 'The `host` header is not one of the public origins: `issues` names the host that arrived. Often a proxy replaced it with its own, as nginx does without further configuration. With `verify`: the `authority` is not one of the `authorities` of the verifying key.',
      fix: 'If callers really use the host that arrived, the operator must add its origin to `KEYSEAL_PUBLIC_ORIGINS`. If they use another, the proxy must pass theirs on: as `host` (nginx: `proxy_set_header Host $http_host`), or in exactly one `x-forwarded-host`, with the IP address of the proxy in `KEYSEAL_TRUSTED_PROXIES`. For `verify`, a person must add the authority with `keys.update`, written as it is signed.',
    },
    UNPROCESSABLE_CONTENT: {
      happened: 'The procedure understands the input, but cannot carry it out.',
      why: 'The input is well formed; a procedure of this service itself refuses what it says.',
      fix: 'Do what the message says. The same input gets the same response.',
    },
    PRECONDITION_REQUIRED: {
      happened: 'The procedure needs a condition that the call does not have.',
      why: 'A procedure of this service itself requires it, such as the version that the caller has read, so that a caller cannot overwrite what they have not seen.',
      fix: 'Add the condition that the message names.',
    },
    RATE_LIMITED: {
      happened: 'A rate limit is reached. The call did not count and cost nothing.',
      why: 'The limit belongs to the key, to its external owner, to the service, or to the session and its user. `limit` and `resetAt` describe the limit that stays full for longest. For `keys.tail`: the workspace has as many open streams as `limit` allows. For a page such as `/openapi.json`: your IP address requested too many.',
      fix: 'Wait for `retryAfter` seconds. Then the limit allows one call again, unless other calls use it up. See [Limits and credits](limits-and-credits.md).',
    },
    CREDITS_EXHAUSTED: {
      happened: 'There are not enough credits for the call. It cost nothing.',
      why: 'The call costs more than the credits that the key or its external owner has left (`remaining` is the lesser of the two).',
      fix: 'Wait for the refill at `resetAt`, if there is one, or ask for more credits with `keys.update` or `owners.update`. See [Limits and credits](limits-and-credits.md).',
    },
    TOO_MANY_FAILURES: {
      happened: 'There were too many failed attempts.',
      why: 'The attempts came from this IP address or its network, or targeted this account. Many people may share an IP address.',
      fix: 'Wait for `retryAfter` seconds, and correct the credential. This never refuses a correct signature; a correct password may have to wait. A key that an earlier version created may also have to wait when it is first looked up: rotate it.',
    },
    HEADERS_TOO_LARGE: {
      happened: 'The headers are too large.',
      why: 'One header is larger than 8 KiB, there are more than a hundred, or all together are larger than 32 KiB.',
      fix: 'Send fewer headers. Often the cause is cookies that this service does not need.',
    },
    CLIENT_CLOSED_REQUEST: {
      happened: 'The procedure noticed that its caller had left, and stopped.',
      why: 'The connection was closed before the response was ready. So this reason appears mostly in the log and the usage of the service.',
      fix: 'If your code did not close the connection, look for a proxy or a timeout that did.',
    },

    INTERNAL: {
      happened: 'An internal error occurred in the service.',
      why: 'The service is at fault, not the call. Its log has the cause under `requestId`.',
      fix: 'Send the `requestId` to the operator. The service refunded the credits that the call had cost.',
    },
    NOT_IMPLEMENTED: {
      happened: 'The procedure does not support what the call requests.',
      why: 'A procedure of this service itself says so.',
      fix: 'Ask the operator of the service whether a later version supports it.',
    },
    BAD_GATEWAY: {
      happened: 'Another service, which the procedure needs, returned an invalid response.',
      why: 'The service itself works, and so do its keys and signatures. Its log has the cause under `requestId`.',
      fix: 'Try again later. The service may have carried out a mutation in part: check what it did, or send an `idempotencyKey` if the procedure accepts one.',
    },
    UNAVAILABLE: {
      happened: 'The service cannot respond now. It refuses calls that it cannot check.',
      why: 'It is starting, cannot reach its database, or has too much work.',
      fix: 'Sign the call again and retry, after `retryAfter` seconds if that is present. The service may have carried out a mutation: check what it did, or send an `idempotencyKey` if the procedure accepts one.',
    },
    GATEWAY_TIMEOUT: {
      happened: 'Another service, which the procedure needs, did not respond in time.',
      why: 'The service itself works, and so do its keys and signatures. Its log has the cause under `requestId`.',
      fix: 'Try again later. The service may have carried out a mutation in part: check what it did, or send an `idempotencyKey` if the procedure accepts one.',
    },
  },
};
