import type { AuditChange } from '../stores/audit/audit.ts';
import type { KeyRow } from './find.ts';

/**
 * A change of a key, as the audit log takes it.
 * @param credits whether the change sets them; else what was spent meanwhile is no part of it
 */
export function describeChange(
  action: string,
  before: KeyRow | null,
  after: KeyRow | null,
  { credits = false }: { readonly credits?: boolean } = {},
): AuditChange {
  const left = before && after && !credits ? { ...after, credits: before.credits } : after;
  return { action, kind: 'key', subject: (after ?? before)?.id ?? '', before, after: left };
}
