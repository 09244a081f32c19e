import type { AuditChange } from '../stores/audit/audit.ts';
import type { KeyRow } from './find.ts';

/**
 * Describes a change of a key for the audit log.
 * @param credits whether the change sets credits; otherwise credits that were spent in the meantime are not part of it
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
