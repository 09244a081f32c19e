/**
 * Removes trailing line breaks. No value ends with one on purpose: they come from files with Windows line endings
 * (`--env-file`) and from secrets made from a command's output.
 */
export const withoutLineEnd = (text: string): string => text.replace(/[\r\n]+$/, '');
