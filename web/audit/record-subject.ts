import type { Names } from '../key-model/use-names.ts';
import type { ListedRecord } from './listed-record.ts';

/** What a record is about. */
export type SubjectKind =
  | 'key'
  | 'user'
  | 'session'
  | 'passkey'
  | 'identity'
  | 'invitation'
  | 'workspace'
  | 'exchangeRule'
  | 'owner'
  | 'log';

/** By the part of an action before its dot. */
const KIND_BY_AREA = new Map<string, SubjectKind>(
  Object.entries({
    keys: 'key',
    admission: 'key',
    exchangeRules: 'exchangeRule',
    exchange: 'exchangeRule',
    owners: 'owner',
    members: 'user',
    users: 'user',
    secondFactor: 'user',
    invitations: 'invitation',
    workspaces: 'workspace',
    sessions: 'session',
    auth: 'session',
    identities: 'identity',
    passkeys: 'passkey',
    audit: 'log',
  } as const),
);

/** By the beginning of an id. */
const KIND_BY_PREFIX = new Map<string, SubjectKind>(
  Object.entries({
    usr: 'user',
    ses: 'session',
    psk: 'passkey',
    idn: 'identity',
    inv: 'invitation',
    wsp: 'workspace',
    exr: 'exchangeRule',
  } as const),
);

/** What belongs to a user, and has no name of its own. */
const KINDS_OF_USER: ReadonlySet<SubjectKind> = new Set(['session', 'passkey', 'identity']);

export interface RecordSubject {
  readonly id: string;
  /** Null for an action that this page does not know. */
  readonly kind: SubjectKind | null;
  /** Its own name, or that of the user to whom it belongs; null if neither is known. */
  readonly name: string | null;
}

/** Names by the id of a user, of a key, or of another subject. */
export interface SubjectNames {
  readonly people: Names;
  readonly keys: Names;
  readonly others: Names;
}

/** What a record is about, with its name; null if it names nothing. */
export function subjectOf(record: ListedRecord, names: SubjectNames): RecordSubject | null {
  const { subject: id, action } = record;
  if (!id) return null;
  const kind = kindOf(action, id);
  // An external owner has only an id, and no name.
  if (kind === 'owner') return { id, kind, name: id };
  const listed = names.people.get(id) ?? names.keys.get(id) ?? names.others.get(id);
  const name =
    listed ?? (kind !== null && KINDS_OF_USER.has(kind) ? userNameOf(record, names.people) : undefined);
  return { id, kind, name: name ?? null };
}

function kindOf(action: string, id: string): SubjectKind | null {
  const ofArea = KIND_BY_AREA.get(action.split('.', 1)[0] as string) ?? null;
  // What a program calls an external owner may look like an id.
  if (ofArea === 'owner') return ofArea;
  return KIND_BY_PREFIX.get(/^([a-z]{3})_/.exec(id)?.[1] ?? '') ?? ofArea;
}

/** The user of a session, a passkey or an identity: the record has the id, or they made the change themselves. */
function userNameOf({ before, after, actor }: ListedRecord, people: Names): string | undefined {
  const userId = after?.['userId'] ?? before?.['userId'] ?? (actor.kind === 'user' ? actor.id : null);
  return typeof userId === 'string' ? people.get(userId) : undefined;
}

/** The newest name of each subject that a record tells. @param records newest first */
export function namesIn(records: readonly ListedRecord[]): Names {
  const names = new Map<string, string>();
  for (const { subject, before, after } of records) {
    const name = [after?.['name'], before?.['name']].find(isText);
    if (subject && name !== undefined && !names.has(subject)) names.set(subject, name);
  }
  return names;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
