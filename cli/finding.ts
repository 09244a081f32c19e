/** What the doctor has found at one place. */
export interface DoctorCheck {
  readonly name:
    | 'configuration'
    | 'data directory'
    | 'database'
    | 'schema'
    | 'clock'
    | 'session'
    | 'durability'
    | 'rights'
    | 'replication'
    | 'start lock'
    | 'master keys';
  /** Unknown: it cannot be looked at now. */
  readonly state: 'right' | 'wrong' | 'unknown';
  readonly found: string;
  /** What is to be done, where something is. */
  readonly fix?: string;
  /** What `--json` says beside it. */
  readonly details?: unknown;
}

export function wrong(name: DoctorCheck['name'], found: string, fix: string): DoctorCheck {
  return { name, state: 'wrong', found, fix };
}
