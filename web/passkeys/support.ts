/** An IPv4 or IPv6 address: browsers tie passkeys to names only (WebAuthn §5.1.3). */
const ADDRESS = /^[\d.]+$|:/;

/** Whether passkeys can work on this page: the browser knows them, and the page has a host name. */
export const PASSKEYS_WORK: boolean =
  'PublicKeyCredential' in globalThis && !ADDRESS.test(globalThis.location.hostname);
