/**
 * Whether the service accepts a text as a name: 1 to 100 characters, none of them a control character, not all
 * spaces.
 */
export function isName(text: string): boolean {
  const name = text.trim();
  return name !== '' && name.length <= 100 && !/\p{Cc}/u.test(name);
}
