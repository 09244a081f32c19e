import { desc, eq, sql } from 'drizzle-orm';
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

/** Chains with new records that are remembered until their heads are logged. */
const MAX_EXTENDED = 10_000;

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
  async recordAll(tx: Db, actor: AuditActor, changes: readonly AuditChange[]): Promise<void> {
    const { workspaceId } = actor.caller;
    const head = await this.#lockHead(tx, workspaceId);
    const last = await lastRecord(tx, workspaceId);
    const broken =
      last.seq !== head.seq || last.mac !== head.mac || !(head.seq === 0 || this.isGenuineHead(head));
    // The chain continues after the last record that exists, and keeps forever a record of the break.
    const from = broken ? { seq: Math.max(head.seq, last.seq), mac: last.mac } : head;
    const marked = broken ? [brokenMarker(head), ...changes] : changes;
    if (marked.length === 0) return;
    const records: Written[] = [];
    for (const [i, change] of marked.entries()) {
      const by = broken && i === 0 ? systemActor(workspaceId) : actor;
      const record = this.#buildRecord(by, change, from.seq + 1 + i);
      const text = recordText(record, records.at(-1)?.mac ?? from.mac);
      records.push({ ...record, mac: this.#vault.mac('audit', text) });
    }
    await this.#append(tx, workspaceId, records);
    if (this.#extended.size < MAX_EXTENDED) this.#extended.add(workspaceId);
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

  /** Locks a chain until the transaction ends, and creates it if there is none. */
  async #lockHead(tx: Db, workspaceId: string): Promise<AuditHead> {
    const empty = { workspaceId, seq: 0, mac: '', sealMac: '', keyVersion: this.#vault.newest };
    const [head] = await tx
      .insert(auditHeads)
      .values(empty)
      .onConflictDoUpdate({ target: auditHeads.workspaceId, set: { workspaceId } })
      .returning();
    return head ?? empty;
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

  async #append(tx: Db, workspaceId: string, records: readonly Written[]): Promise<void> {
    const { seq, mac, keyVersion } = records.at(-1) as Written;
    const { sealMac } = this.headWithMac({ workspaceId, seq, mac });
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
      update ${auditHeads} set seq = ${seq}, mac = ${mac}, seal_mac = ${sealMac}, key_version = ${keyVersion}
      where workspace_id = ${workspaceId}`);
  }
}

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

/** The last existing record of a chain. */
async function lastRecord(tx: Db, workspaceId: string): Promise<{ seq: number; mac: string }> {
  const [row] = await tx
    .select({ seq: auditRecords.seq, mac: auditRecords.mac })
    .from(auditRecords)
    .where(eq(auditRecords.workspaceId, workspaceId))
    .orderBy(desc(auditRecords.seq))
    .limit(1);
  return row ?? { seq: 0, mac: '' };
}

const brokenMarker = ({ workspaceId, seq, mac }: AuditHead): AuditChange => ({
  action: CHAIN_BROKEN,
  kind: 'chain',
  subject: workspaceId,
  before: { seq, mac },
});
