import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../lib/package-root.ts';

/** Where the build of the console puts its typefaces. */
const FOLDER = join(PACKAGE_ROOT, 'dist', 'web', 'assets');

/** The files of the console's typefaces, by family. */
const FILES: Readonly<Record<string, RegExp>> = {
  'Geist Variable': /^geist-latin-[\w-]+\.woff2$/,
  'Geist Mono Variable': /^geist-mono-latin-[\w-]+\.woff2$/,
};

/** Declares the typefaces of the console for a page below `/docs/`; empty if the console is not built. */
export function fontFaces(): string {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  return Object.entries(FILES)
    .map(([family, name]) => [family, files.find((file) => name.test(file))] as const)
    .map(([family, file]) =>
      file === undefined
        ? ''
        : `@font-face { font-family: "${family}"; font-weight: 100 900; font-display: swap; src: url("../assets/${file}") format("woff2"); }\n`,
    )
    .join('');
}
