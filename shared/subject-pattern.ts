/** The maximum length of a pattern, as of a subject (OpenID Connect Core §2). */
const MAX_PATTERN = 255;

/** The characters that separate the segments of a subject, such as `repo:acme/shop:ref:refs/heads/main`. */
const SEPARATORS = /([:/])/;

/** Printable ASCII, the only characters of a subject: it contains no look-alikes and no line breaks. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Stands for one segment. */
const ANY = '*';

/**
 * Whether a string is a pattern for subjects: printable ASCII, in which `*` stands for a whole segment between `:` and `/`, but
 * not the first.
 * @example isSubjectPattern('repo:acme/shop:ref:refs/heads/*') // true
 */
export function isSubjectPattern(text: string): boolean {
  if (text.length > MAX_PATTERN || !PRINTABLE.test(text)) return false;
  const [first, ...rest] = text.split(SEPARATORS);
  if (first === '' || first?.includes(ANY)) return false;
  return rest.every((part) => part === ANY || !part.includes(ANY));
}

/**
 * Whether a subject fits a pattern, from its first to its last character. `*` fits one segment that is not empty; every
 * other character fits only itself.
 * @param pattern as `isSubjectPattern` accepts it
 */
export function matchesSubject(pattern: string, subject: string): boolean {
  if (!PRINTABLE.test(subject)) return false;
  const [wanted, given] = [pattern.split(SEPARATORS), subject.split(SEPARATORS)];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part === ANY ? given[i] !== '' : part === given[i]))
  );
}
