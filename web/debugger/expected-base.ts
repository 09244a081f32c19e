import { sha256Hex } from '../../client/signing/hmac.ts';
import { readKeyPrefix } from '../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { type PastedRequest, valuesOf } from './request-parts.ts';

/** The parts of `x-signature`, whatever each contains. */
export interface SignatureParts {
  readonly k: string;
  readonly t: string;
  readonly n: string;
  readonly s: string;
}

export function bearerOf({ headers }: PastedRequest): string {
  return (valuesOf(headers, 'authorization')[0] ?? '').replace(/^bearer +/i, '');
}

/** The id that an API key has in itself; null for a token. */
export const keyIdOf = (bearer: string): string | null => readKeyPrefix(bearer)?.id ?? null;

export function signatureParts({ headers }: PastedRequest): SignatureParts {
  const header = valuesOf(headers, 'x-signature')[0] ?? '';
  const part = (name: string) => new RegExp(`(?:^|[,\\s])${name}=([^,]*)`).exec(header)?.[1]?.trim() ?? '';
  return { k: part('k'), t: part('t'), n: part('n'), s: part('s') };
}

/** Host and port as they are signed: lowercase, without the scheme's default port. */
export const signedAuthority = (authority: string): string =>
  authority
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:(?:443|80)$/, '')
    .replace(/\/$/, '');

/** The ten lines that Keyseal builds for a request. */
export async function expectedBase(request: PastedRequest): Promise<string> {
  const { k, t, n } = signatureParts(request);
  const bearer = bearerOf(request);
  const keyId = keyIdOf(bearer);
  const token = keyId === null ? bearer : (valuesOf(request.headers, 'x-user-token')[0] ?? '');
  return [
    'v1.request',
    keyId ?? k,
    t,
    n,
    request.method,
    signedAuthority(request.authority),
    request.target,
    valuesOf(request.headers, 'content-type')[0] ?? '',
    await digestOf(token),
    await digestOf(request.body),
  ].join('\n');
}

const digestOf = async (text: string): Promise<string> => (text === '' ? EMPTY_SHA256 : sha256Hex(text));
