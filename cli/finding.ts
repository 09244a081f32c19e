/** What the doctor has found at one place. */
export interface Finding {
  readonly name:
    | 'configuration'
    | 'data directory'
    | 'database'
    | 'schema'
    | 'clock'
    | 'session'
    | 'durability'
    | 'master keys';
  /** Unknown: it cannot be looked at now. */
  readonly state: 'right' | 'wrong' | 'unknown';
  readonly found: string;
  /** What is to be done, where something is. */
  readonly mend?: string;
  /** What `--json` says beside it. */
  readonly details?: unknown;
}

export function wrong(name: Finding['name'], found: string, mend: string): Finding {
  return { name, state: 'wrong', found, mend };
}
