import type { Environment } from '../../../shared/key-format.ts';
import type { KeyRecord, SessionRecord } from '../../stores/credentials/credential-rows.ts';

/** Limits callers to one workspace, and its keys to one environment. */
export interface Scope {
  readonly workspaceId: string;
  readonly environment: Environment;
}

/** Returns a key or session within a scope; null outside of it, as if it did not exist. */
export function inScope<R extends KeyRecord | SessionRecord>(
  record: R | null,
  scope: Scope | null,
): R | null {
  if (record === null || scope === null) return record;
  if (record.workspaceId !== scope.workspaceId) return null;
  return 'environment' in record && record.environment !== scope.environment ? null : record;
}
