import { saveFile } from '../ui/save-file.ts';

/** Saves what is on the page as a file. */
export const saveAsJson = (value: unknown, name: string): void =>
  saveFile(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }), name);
