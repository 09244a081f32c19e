/**
 * The text without the line ends behind it. No value ends with one by intent: files with the line ends of Windows (`--env-file`)
 * and secrets made from the output of a command bring them.
 */
export const withoutLineEnd = (text: string): string => text.replace(/[\r\n]+$/, '');
