import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';

/** The largest logo in bytes. */
const MAX_LOGO_BYTES = 256 * 1024;

/** The kinds of logo by their extension: how a file of that kind begins, and its media type. */
const LOGOS: Readonly<
  Record<string, { readonly type: string; readonly begins: (bytes: Buffer) => boolean }>
> = {
  '.svg': {
    type: 'image/svg+xml',
    begins: (bytes) =>
      /^\s*<(\?xml|!--|!doctype svg|svg)\b/i.test(`${bytes.subarray(0, 256)}`.replace(/^\uFEFF/, '')),
  },
  '.png': { type: 'image/png', begins: (bytes) => bytes.subarray(0, 8).equals(PNG_SIGNATURE) },
};

/** The first bytes of every PNG (PNG Third Edition, §5.2). */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The picture that an operator shows in place of Keyseal's. */
export interface Logo {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Reads a logo. @returns what is wrong with the file, as the end of a sentence, if anything is */
export function readLogo(path: string): Logo | string {
  const kind = LOGOS[extname(path).toLowerCase()];
  if (!kind) return 'accepts the path of an .svg or .png file';
  const bytes = bytesOf(path);
  if (bytes === null) return 'accepts the path of a readable file';
  if (bytes === 'large') return `accepts a file of at most ${MAX_LOGO_BYTES} bytes`;
  if (!kind.begins(bytes)) return `accepts a file whose content is what its name says: ${kind.type}`;
  return { bytes, type: kind.type };
}

function bytesOf(path: string): Buffer | 'large' | null {
  try {
    const file = statSync(path);
    // Reading a pipe would wait.
    if (!file.isFile()) return null;
    if (file.size > MAX_LOGO_BYTES) return 'large';
    return readFileSync(path);
  } catch {
    return null;
  }
}
