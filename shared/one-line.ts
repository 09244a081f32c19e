/**
 * What people read in a list or a log: no control character, no half of a surrogate pair, and none of the characters that
 * reorder the text after them (U+202A to U+202E, U+2066 to U+2069), by which one name can look like another.
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
export const ONE_LINE: RegExp = /^[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]*$/u;
