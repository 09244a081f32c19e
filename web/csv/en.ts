import { countedEn } from '../language/counted.ts';

export const en = {
  save: 'Save all as CSV',
  cancel: 'Cancel',
  bound: (most: string) => `Every row of this list, up to ${most}.`,
  running: (rows: string) => `${countedEn(rows, 'row', 'rows')} so far…`,
  cancelled: 'Cancelled. No file was saved.',
  saved: (rows: number, written: string) => `Saved: ${rows === 1 ? '1 row' : `${written} rows`}.`,
  savedPart: (written: string) => `Saved the first ${written} rows. There are more: narrow the range.`,
};
