const utf8 = new TextEncoder();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Imported keys, so that a client with one secret imports it once. */
const imported = new Map<string, Promise<CryptoKey>>();
const MAX_IMPORTED = 100;

/** HMAC-SHA-256 of a text, lowercase hex. The key is the literal text of the signing secret, prefix included. */
export async function hmacHex(signingSecret: string, text: string): Promise<string> {
  return hex(await crypto.subtle.sign('HMAC', await keyOf(signingSecret), utf8.encode(text)));
}

/** Whether `mac`, lowercase hex, is the HMAC-SHA-256 of a text; WebCrypto compares in constant time. */
export async function hmacMatches(signingSecret: string, text: string, mac: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(mac)) return false;
  const bytes = Uint8Array.from(mac.match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify('HMAC', await keyOf(signingSecret), bytes, utf8.encode(text));
}

/** SHA-256 of a text's UTF-8 or of bytes, lowercase hex. */
export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? utf8.encode(data) : data));
}

function keyOf(signingSecret: string): Promise<CryptoKey> {
  const known = imported.get(signingSecret);
  if (known !== undefined) return known;
  if (imported.size >= MAX_IMPORTED) imported.clear();
  const key = crypto.subtle.importKey('raw', utf8.encode(signingSecret), HMAC, false, ['sign', 'verify']);
  imported.set(signingSecret, key);
  return key;
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
