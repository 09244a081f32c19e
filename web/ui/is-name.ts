import { ONE_LINE } from '../../shared/one-line.ts';

/** Whether the service accepts a string as a name: 1 to 100 characters on one line, not all of them spaces. */
export function isName(text: string): boolean {
  const name = text.trim();
  return name !== '' && name.length <= 100 && ONE_LINE.test(name);
}
