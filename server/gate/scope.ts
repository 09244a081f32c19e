import type { Environment } from '../../shared/key-format.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';

/** Whose callers are known: those of one workspace, and of its keys those of one environment. */
export interface Scope {
  readonly workspaceId: string;
  readonly environment: Environment;
}

/** A key or a session that lies within a scope; out of it, it looks as though there were none. */
export function inScope<R extends KeyRecord | SessionRecord>(
  record: R | null,
  scope: Scope | null,
): R | null {
  if (record === null || scope === null) return record;
  if (record.workspaceId !== scope.workspaceId) return null;
  return 'environment' in record && record.environment !== scope.environment ? null : record;
}
