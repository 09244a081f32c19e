/** The result of one check of `doctor`. */
export interface DoctorCheck {
  readonly name:
    | 'configuration'
    | 'data directory'
    | 'database'
    | 'pooler'
    | 'connections'
    | 'schema'
    | 'clock'
    | 'session'
    | 'durability'
    | 'rights'
    | 'replication'
    | 'start lock'
    | 'master keys'
    | 'issuers';
  /** `unknown`: it cannot be checked now. */
  readonly state: 'right' | 'wrong' | 'unknown';
  readonly found: string;
  /** The remedy, if there is one. */
  readonly fix?: string;
  /** Properties that `--json` adds. */
  readonly details?: unknown;
}

export function failedCheck(name: DoctorCheck['name'], found: string, fix: string): DoctorCheck {
  return { name, state: 'wrong', found, fix };
}
