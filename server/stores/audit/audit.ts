import { desc, sql } from 'drizzle-orm';
import { auditHeads, auditRecords } from '../../../drizzle/schema/audit.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Db } from '../database/database.ts';
import type { Vault } from '../secrets/vault.ts';
import {
  type AuditHead,
  type AuditRecordFields,
  canonical,
  headText,
  recordText,
  toStorable,
} from './canonical-text.ts';
import { type Kind, recordedFields } from './record-fields.ts';

/** The author of a change. A procedure's context is one; `systemActor` is for changes that no caller makes. */
export interface AuditActor {
  readonly caller:
    | { readonly kind: 'key'; readonly key: { readonly id: string }; readonly workspaceId: string }
    | { readonly kind: 'user'; readonly userId: string; readonly workspaceId: string }
    | {
        readonly kind: 'session';
        readonly session: { readonly userId: string };
        readonly workspaceId: string;
      }
    | { readonly kind: 'system'; readonly workspaceId: string };
  readonly request: { readonly id: string; readonly address: string | null } | null;
}

/** A change to record. */
export interface AuditChange {
  /** The procedure, or an action of the service itself. */
  readonly action: string;
  readonly kind: Kind;
  /** The id of the changed thing. */
  readonly subject: string;
  /** Its state before; absent if it did not exist. */
  readonly before?: object | null;
  /** Its state after; absent if it no longer exists. */
  readonly after?: object | null;
}

/** The service itself, or the command line, in a workspace. */
export const systemActor = (workspaceId: string): AuditActor => ({
  caller: { kind: 'system', workspaceId },
  request: null,
});

/** The service records this before anything else if the head of a chain is not the one that it wrote. */
export const CHAIN_BROKEN = 'audit.broken';

/** How many chains with new records are remembered until their heads are logged. */
const MAX_EXTENDED = 10_000;

/** Changes by one actor, in the workspace of the actor. */
interface ChainPart {
  readonly actor: AuditActor;
  readonly changes: readonly AuditChange[];
}

interface ChainEnd {
  readonly seq: number;
  readonly mac: string;
}

/** The end of an empty chain. */
const NO_RECORD: ChainEnd = { seq: 0, mac: '' };

type Written = AuditRecordFields & { readonly mac: string };

/** The audit log: for each workspace a chain of records. Each record has a MAC over itself and the record before. */
export class Audit {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #extended = new Set<string>();

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /**
   * Records a change in the caller's workspace, inside the transaction that makes it: neither commits without the
   * other. Call it last in the transaction: it locks the chain until the commit, and a transaction that holds this
   * lock must wait for no other. Records of several workspaces in one transaction go in the order of the workspaces'
   * ids.
   */
  record(tx: Db, actor: AuditActor, change: AuditChange): Promise<void> {
    return this.recordAll(tx, actor, [change]);
  }

  /** Records several changes in their order. With none, it records only that the chain was broken, if it was. */
  recordAll(tx: Db, actor: AuditActor, changes: readonly AuditChange[]): Promise<void> {
    return this.recordInChains(tx, [{ actor, changes }]);
  }

  /**
   * Records changes in several workspaces, with as many statements as for one: a user may belong to a hundred.
   * @param parts each of another workspace
   */
  async recordInChains(tx: Db, parts: readonly ChainPart[]): Promise<void> {
    const sorted = [...parts].sort((a, b) => (workspaceOf(a) < workspaceOf(b) ? -1 : 1));
    if (sorted.length === 0) return;
    const heads = await this.#lockHeads(tx, sorted.map(workspaceOf));
    const ends = await lastRecords(tx, sorted.map(workspaceOf));
    const written = sorted.flatMap((part) => {
      const head = heads.get(workspaceOf(part)) ?? this.#emptyHead(workspaceOf(part));
      return this.#extend(head, ends.get(workspaceOf(part)) ?? NO_RECORD, part);
    });
    if (written.length === 0) return;
    await this.#append(tx, written);
    for (const part of sorted) this.#noteExtended(workspaceOf(part));
  }

  /** The records that continue a chain. */
  #extend(head: AuditHead, last: ChainEnd, { actor, changes }: ChainPart): Written[] {
    const broken =
      last.seq !== head.seq || last.mac !== head.mac || !(head.seq === 0 || this.isGenuineHead(head));
    // The chain continues after the last record that exists, and keeps forever a record of the break.
    const from = broken ? { seq: Math.max(head.seq, last.seq), mac: last.mac } : head;
    const marked = broken ? [brokenMarker(head), ...changes] : changes;
    const records: Written[] = [];
    for (const [i, change] of marked.entries()) {
      const by = broken && i === 0 ? systemActor(head.workspaceId) : actor;
      const record = this.#buildRecord(by, change, from.seq + 1 + i);
      const text = recordText(record, records.at(-1)?.mac ?? from.mac);
      records.push({ ...record, mac: this.#vault.mac('audit', text) });
    }
    return records;
  }

  /**
   * Whether the service wrote this head. The stored audit key of a retired master key does not prove that: a thief of that
   * master key could end a chain where they like.
   */
  isGenuineHead(head: AuditHead): boolean {
    const { keyVersion, sealMac } = head;
    return this.#vault.has(keyVersion) && this.#vault.matches('audit', headText(head), sealMac, keyVersion);
  }

  /** Puts a MAC on a head, under the newest version. */
  headWithMac(end: Pick<AuditHead, 'workspaceId' | 'seq' | 'mac'>): AuditHead {
    const head = { ...end, keyVersion: this.#vault.newest };
    return { ...head, sealMac: this.#vault.mac('audit', headText(head)) };
  }

  /** Whether a record was written after the record with this MAC. */
  follows(record: AuditRecordFields, previousMac: string, mac: string): boolean {
    const { keyVersion } = record;
    const text = recordText(record, previousMac);
    return this.#vault.canAudit(keyVersion) && this.#vault.matches('audit', text, mac, keyVersion);
  }

  /** The workspaces whose chains this process extended since the last call; at most 10,000. */
  takeExtended(): string[] {
    const extended = [...this.#extended].sort();
    this.#extended.clear();
    return extended;
  }

  /** Puts back chains whose heads could not be logged. */
  putBackExtended(workspaceIds: Iterable<string>): void {
    for (const id of workspaceIds) this.#noteExtended(id);
  }

  #noteExtended(workspaceId: string): void {
    if (this.#extended.size < MAX_EXTENDED) this.#extended.add(workspaceId);
  }

  /** Locks chains until the transaction ends, in the given order, and creates those that are missing. */
  async #lockHeads(tx: Db, workspaceIds: readonly string[]): Promise<Map<string, AuditHead>> {
    const heads = await tx
      .insert(auditHeads)
      .values(workspaceIds.map((id) => this.#emptyHead(id)))
      .onConflictDoUpdate({
        target: auditHeads.workspaceId,
        set: { workspaceId: sql`excluded.workspace_id` },
      })
      .returning();
    return new Map(heads.map((head) => [head.workspaceId, head]));
  }

  #emptyHead(workspaceId: string): AuditHead {
    return { workspaceId, seq: 0, mac: '', sealMac: '', keyVersion: this.#vault.newest };
  }

  #buildRecord({ caller, request }: AuditActor, change: AuditChange, seq: number): AuditRecordFields {
    const { before, after } = recordedFields(change.kind, change.before, change.after);
    return toStorable({
      workspaceId: caller.workspaceId,
      seq,
      at: `${Math.trunc(this.#clock())}000`,
      ...actorOf(caller),
      address: request?.address ?? null,
      requestId: request?.id ?? null,
      action: change.action,
      subject: change.subject,
      before: before && canonical(before),
      after: after && canonical(after),
      keyVersion: this.#vault.newest,
    });
  }

  async #append(tx: Db, records: readonly Written[]): Promise<void> {
    const ends = new Map(records.map((record) => [record.workspaceId, record]));
    const heads = Array.from(ends.values(), (end) => this.headWithMac(end));
    const rows = records.map((record) => ({
      ...record,
      at: new Date(Number(record.at) / 1000).toISOString(),
    }));
    await tx.execute(sql`
      with written as (
        insert into ${auditRecords} (workspace_id, seq, at, actor_kind, actor_id, address, request_id, action, subject,
          before, after, mac, key_version)
        select "workspaceId", seq, at, "actorKind", "actorId", address, "requestId", action, subject,
          before::jsonb, after::jsonb, mac, "keyVersion"
        from json_to_recordset(${JSON.stringify(rows)}::text::json) as r ("workspaceId" text, seq bigint,
          at timestamptz, "actorKind" text, "actorId" text, address text, "requestId" text, action text, subject text,
          before text, after text, mac text, "keyVersion" int)
      )
      update ${auditHeads} set seq = h.seq, mac = h.mac, seal_mac = h."sealMac", key_version = h."keyVersion"
      from json_to_recordset(${JSON.stringify(heads)}::text::json) as h ("workspaceId" text, seq bigint, mac text,
        "sealMac" text, "keyVersion" int)
      where ${auditHeads.workspaceId} = h."workspaceId"`);
  }
}

const workspaceOf = ({ actor }: ChainPart): string => actor.caller.workspaceId;

function actorOf(caller: AuditActor['caller']): Pick<AuditRecordFields, 'actorKind' | 'actorId'> {
  switch (caller.kind) {
    case 'key':
      return { actorKind: 'key', actorId: caller.key.id };
    case 'user':
      return { actorKind: 'user', actorId: caller.userId };
    case 'session':
      return { actorKind: 'user', actorId: caller.session.userId };
    case 'system':
      return { actorKind: 'system', actorId: null };
  }
}

/** The last existing record of each chain that has one. */
async function lastRecords(tx: Db, workspaceIds: readonly string[]): Promise<Map<string, ChainEnd>> {
  const last = tx
    .select({ seq: auditRecords.seq, mac: auditRecords.mac })
    .from(auditRecords)
    .where(sql`${auditRecords.workspaceId} = named.id`)
    .orderBy(desc(auditRecords.seq))
    .limit(1)
    .as('last');
  const rows = await tx
    .select({ workspaceId: sql<string>`named.id`, seq: last.seq, mac: last.mac })
    .from(sql`json_array_elements_text(${JSON.stringify(workspaceIds)}::text::json) as named (id)`)
    .crossJoinLateral(last);
  return new Map(rows.map(({ workspaceId, ...end }) => [workspaceId, end]));
}

const brokenMarker = ({ workspaceId, seq, mac }: AuditHead): AuditChange => ({
  action: CHAIN_BROKEN,
  kind: 'chain',
  subject: workspaceId,
  before: { seq, mac },
});
