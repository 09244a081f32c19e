import sans from '@fontsource-variable/geist/files/geist-latin-wght-normal.woff2?url';
import mono from '@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2?url';

/** Only the Latin subset, which has every letter of English and French; other scripts use the system's fonts. */
const UNICODE_RANGE = [
  ...[
    'U+0000-00FF',
    'U+0131',
    'U+0152-0153',
    'U+02BB-02BC',
    'U+02C6',
    'U+02DA',
    'U+02DC',
    'U+0304',
    'U+0308',
  ],
  ...[
    'U+0329',
    'U+2000-206F',
    'U+20AC',
    'U+2122',
    'U+2191',
    'U+2193',
    'U+2212',
    'U+2215',
    'U+FEFF',
    'U+FFFD',
  ],
].join();

const FILES = { 'Geist Variable': sans, 'Geist Mono Variable': mono };

/**
 * Declares the typefaces. A style sheet would declare them sooner, and their files would delay the script on a slow
 * network: text appears in the system's font, which they replace once the page works.
 */
export function declareFonts(): void {
  for (const [family, file] of Object.entries(FILES)) {
    const source = `url(${JSON.stringify(file)}) format('woff2')`;
    document.fonts.add(
      new FontFace(family, source, { display: 'swap', weight: '100 900', unicodeRange: UNICODE_RANGE }),
    );
  }
}
