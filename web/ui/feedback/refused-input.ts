import { KeysealRefusal } from '../../../client/calls/refusal.ts';

/** For paths of the input: the form field of each, with the message next to it. */
type Messages<Field extends string> = { readonly [path: string]: { readonly [field in Field]?: string } };

/**
 * The messages next to the fields whose input the service refused.
 * @returns null for any other error, and if a path has no field: then the whole error is shown
 */
export function refusedInput<Field extends string>(
  error: unknown,
  messages: Messages<Field>,
): { [field in Field]?: string } | null {
  if (!(error instanceof KeysealRefusal) || error.reason !== 'INPUT_INVALID') return null;
  const placed = (error.details.issues ?? []).map(({ path }) => messages[path]);
  if (placed.length === 0 || placed.includes(undefined)) return null;
  return Object.assign({}, ...placed);
}
