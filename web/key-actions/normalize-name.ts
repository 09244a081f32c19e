/**
 * A name as it can be read from a screen and typed: without invisible characters, such as direction marks, in one of
 * the forms that look the same (Unicode UAX #15, NFC), with spaces as they are displayed.
 */
export const normalizeName = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/\p{Cf}|\p{Variation_Selector}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
