/** A value of a CSV file. Null and undefined are empty. */
export type CsvValue = string | number | boolean | null | undefined;

/**
 * Excel reads a file without a byte order mark in the code page of the system, where `é` becomes `Ã©`. Every other program
 * that reads UTF-8 skips the mark.
 */
export const BYTE_ORDER_MARK = '\uFEFF';

/** First characters that make a spreadsheet read a string as a formula. Some skip tab and CR, so these count as well. */
const FORMULA = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;

/** Characters that need quotes (RFC 4180, section 2). Tabs and semicolons do in the dialects of spreadsheets. */
const QUOTED = /[",;\t\r\n]|^\s|\s$/;

/**
 * A line of CSV (RFC 4180), with its CRLF. A string that a spreadsheet would read as a formula gets an apostrophe in front,
 * so that it stays a string; numbers stay numbers.
 */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: CsvValue): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
