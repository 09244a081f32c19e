/**
 * How the person of a session signed in:
 *
 * | method | means |
 * | --- | --- |
 * | `password` | the password alone |
 * | `password+code` | the password, and a code of the second factor or a recovery code |
 * | `passkey` | a passkey |
 * | `issuer:NAME` | the identity provider with this name in `KEYSEAL_ISSUERS` |
 * | `issuer:NAME+mfa` | the same, and the provider says that it asked for a second factor |
 */
export type SignInMethod = 'password' | 'password+code' | 'passkey' | `issuer:${string}`;
