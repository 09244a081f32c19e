import type { Reason } from '../../../shared/refusals.ts';

/** The line of the signature base that each reason concerns, 1 to 10. */
const LINES: Partial<Record<Reason, number>> = {
  KEY_MISSING: 2,
  KEY_INVALID: 2,
  KEY_EXPIRED: 2,
  KEY_REVOKED: 2,
  KEY_DISABLED: 2,
  SIGNATURE_EXPIRED: 3,
  SIGNATURE_REPLAYED: 4,
  METHOD_NOT_SUPPORTED: 5,
  AUTHORITY_UNKNOWN: 6,
  PROCEDURE_NOT_FOUND: 7,
  TOKEN_MISSING: 9,
  TOKEN_INVALID: 9,
  TOKEN_EXPIRED: 9,
  BODY_TOO_LARGE: 10,
};

/** The first line that differs between two bases; null if none does. */
export function firstDifferingLine(one: string, other: string): number | null {
  const [ours, theirs] = [one.split('\n'), other.split('\n')];
  const at = Array.from({ length: 10 }, (_, at) => at).find((at) => ours[at] !== theirs[at]);
  return at === undefined ? null : at + 1;
}

/** The line of the signature base that a refusal concerns; null if its reason concerns none. */
export const lineOfReason = (reason: string): number | null => LINES[reason as Reason] ?? null;
