import type { Answer } from './wire.ts';

/** The intended differences between the two paths, and what differs each time, and why. Each is removed from an answer before the comparison. */
const INTENDED: readonly (readonly [why: string, from: RegExp, to: string])[] = [
  [
    'tRPC names the headers by which it chose the form; nothing under /api may be cached',
    /^vary: trpc-accept.*\n/m,
    '',
  ],
  [
    'an answer in one piece has a length, a streamed one is chunked',
    /^(content-length|transfer-encoding): .*\n/gm,
    '',
  ],
  ['the time of day, and the connection', /^(date|connection|keep-alive): .*\n/gm, ''],
  [
    'the request log has every call before',
    /"items":\[\{"at":"[^"]*","requestId":[^\]]*\](,"nextCursor":(?:null|"[^"]*"))?/g,
    '"items":"calls"',
  ],
  [
    'how long calls took',
    /"durationMs":[\d.e-]+|"latency":(?:null|\{"p50":[\d.e-]+,"p95":[\d.e-]+,"p99":[\d.e-]+\})/g,
    '"duration"',
  ],
  [
    'tRPC does not say why an input cannot be read',
    /The input is not JSON\.|The input of a batch is an object with a member for each call\./g,
    'The input cannot be read.',
  ],
];

/** Values that differ each time: ids, tokens, secrets, MACs, cursors, addresses, times. */
const FRESH = [
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
  /(?:person|member)-\d+-\d+(?:@example\.com)?/,
  /hostile-\d+(?:@example\.com)?/,
  /keys-\d+\.example\.com/,
  /(?<=[?&](?:state|nonce|code_challenge)=)[\w-]{43,}/,
  /"\d\.[\w-]{100,}"/,
  // Of a second factor: the secret in its link, and recovery codes.
  /(?<=[?&]secret=)[A-Z2-7]{32}/,
  /"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}"/,
  /\b(?:ks_(?:live|test)|kss|[a-z]{3})_[\w-]{12,}/,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+/,
  /(?<=__Host-keyseal-(?:refresh|device)=)[^;]+/,
  /"\d+\.[0-9a-f]{64}"/,
  /"(?=[^"]*[0-9a-z])(?:[0-9A-Za-z]{12}|[\w-]{22,}(?:\.[\w-]+)*)"(?!:)/,
];
const ANY_FRESH = new RegExp(FRESH.map(({ source }) => source).join('|'), 'g');
const TIME = /"\d{4}-\d\d-\d\dT[\d:.]+Z"/g;

/** An answer in a comparable form: each fresh value is replaced by its number, in the order of appearance. */
export function normalizeResponse({ status, headers, text }: Answer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  const whole = INTENDED.reduce(
    (so, [, from, to]) => so.replace(from, to),
    `${status}\n${lines.sort().join('')}\n${text}`,
  );
  const names = new Map<string, string>();
  const nameOf = (fresh: string) => {
    if (!names.has(fresh)) names.set(fresh, `<fresh ${names.size + 1}>`);
    return names.get(fresh) as string;
  };
  return whole.replace(TIME, '"<time>"').replace(ANY_FRESH, nameOf);
}
