/** How many characters of the value are shown. */
const MAX_SHOWN = 200;

/**
 * A value that another party chose, as part of a sentence for an operator: short, on one line, and without the control characters
 * by which it could change what a terminal shows.
 */
export function sanitizeForLog(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, '?');
}
