import { readKeyPrefix } from '../../shared/key-format.ts';
import { MASK } from '../ui/code/mask.tsx';
import type { Revealed } from './revealed.ts';

/** The first and the last line of a private key in PEM, which are the same for all. */
const PEM_ENDS = /^(-----BEGIN [A-Z ]+-----\n).*(\n-----END [A-Z ]+-----\n?)$/s;

/** What is public at the beginning of a secret: the brand and the id of a key, or that it is a signing secret. */
const prefixOf = (secret: string): string => readKeyPrefix(secret)?.prefix ?? /^kss_/.exec(secret)?.[0] ?? '';

const mask = (secret: string): string => {
  const [, begin = prefixOf(secret), end = ''] = PEM_ENDS.exec(secret) ?? [];
  return begin + MASK + end;
};

/** The same key with its secrets masked: a selection, a print or a search of the page finds nothing of them. */
export const withMasks = ({ key, secret, signingSecret, privateKey }: Revealed): Revealed => ({
  key,
  secret: mask(secret),
  signingSecret: signingSecret && mask(signingSecret),
  privateKey: privateKey && mask(privateKey),
});
