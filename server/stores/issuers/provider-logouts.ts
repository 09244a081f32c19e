import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import { providerLogouts } from '../../../drizzle/schema/identities.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Db } from '../database/database.ts';
import { queueFor } from '../database/locks.ts';
import { purgeBefore } from '../database/purge.ts';

/**
 * Targets that a process on PGlite keeps in memory. An issuer may have as many as are free (dynamic thresholds, Choudhury and
 * Hahne 1998): half if it is the only one, and none fills the memory for another.
 */
const MAX_IN_MEMORY = 200_000;

/** When a person logged out, which ends the tokens that were issued until then, and until when the row is retained. */
interface RememberedLogout {
  /** Unix seconds. */
  readonly at: number;
  /** Milliseconds. */
  readonly retainedUntil: number;
}

/** The logouts of each issuer, by target. */
type LogoutMemory = Map<string, Map<string, RememberedLogout>>;

/** Whom a token of a provider names, and since when. */
export interface TokenPerson {
  /** The claims `iss` and `sub`. */
  readonly issuer: string;
  readonly subject: string;
  /** The targets of those logouts that end the token. */
  readonly logoutTargets: readonly [person: string, session: string];
  /** The claim `iat`, unix seconds; 0 if it is absent, so that every logout concerns the token. */
  readonly issuedAt: number;
}

/** Whom a logout token names: a person, a session at the provider, or both. */
export interface LoggedOut {
  readonly issuer: string;
  readonly subject: string | null;
  readonly session: string | null;
  /** Unix seconds by the provider's clock. */
  readonly at: number;
  /** Milliseconds until which a token from before could be valid. */
  readonly retainedUntil: number;
}

/** The user of a token, by its claims `iss`, `sub`, `sid` and `iat`. */
export function personOfToken(
  issuer: string,
  subject: string,
  session: string | null,
  issuedAt: number,
): TokenPerson {
  return {
    issuer,
    subject,
    logoutTargets: [byPerson(subject), session === null ? anyOf(subject) : bySession(session)],
    issuedAt,
  };
}

/** The `sid` of a token; null if it names no session, or none that could be compared. */
export function sessionNamedBy({ sid }: Readonly<Record<string, unknown>>): string | null {
  return typeof sid === 'string' && SESSION.test(sid) ? sid : null;
}

/** At most 255 printable ASCII characters, as a subject. */
const SESSION = /^[\x20-\x7e]{1,255}$/;

/**
 * A logout of one session also concerns the person's tokens that name no session: they may be of that one
 * (OpenID Connect Back-Channel Logout 1.0 §2.4).
 */
function targetsOf({ subject, session }: LoggedOut): string[] {
  const person = subject === null ? [] : [session === null ? byPerson(subject) : anyOf(subject)];
  return [...person, ...(session === null ? [] : [bySession(session)])];
}

const byPerson = (subject: string) => `sub ${subject}`;
const bySession = (session: string) => `sid ${session}`;
const anyOf = (subject: string) => `any ${subject}`;

/**
 * Who logged out at a provider. On Postgres the claim of a nonce reads the table, as it compares the `rev`s of other
 * callers; the only process of PGlite has the rows in memory.
 */
export class ProviderLogouts {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Null on Postgres. */
  readonly #memory: LogoutMemory | null;
  /** Persons of cached tokens who were found to be logged out. */
  readonly #known = new WeakSet<TokenPerson>();

  private constructor(database: Database, clock: Clock, memory: LogoutMemory | null) {
    this.#database = database;
    this.#clock = clock;
    this.#memory = memory;
  }

  static async open(database: Database, clock: Clock): Promise<ProviderLogouts> {
    if (database.kind === 'postgres') return new ProviderLogouts(database, clock, null);
    const logouts = new ProviderLogouts(database, clock, new Map());
    for (const row of await database.db.select().from(providerLogouts))
      logouts.#keep(row.issuer, row.target, {
        at: row.loggedOutAt,
        retainedUntil: row.retainedUntil.getTime(),
      });
    return logouts;
  }

  /** Whether a person is known to have logged out, without a query: `false` is conclusive only on PGlite. */
  isKnown(person: TokenPerson): boolean {
    if (this.#known.has(person)) return true;
    const { issuer, logoutTargets, issuedAt } = person;
    const ofIssuer = this.#memory?.get(issuer);
    return (
      ofIssuer !== undefined && logoutTargets.some((target) => (ofIssuer.get(target)?.at ?? -1) >= issuedAt)
    );
  }

  /** Remembers, as long as a token is cached, that its person has logged out. */
  rememberPerson(person: TokenPerson): void {
    this.#known.add(person);
  }

  /** Whether a person has logged out since their token was issued. */
  async hasLoggedOut(person: TokenPerson, db: Db = this.#database.db): Promise<boolean> {
    const { issuer, logoutTargets, issuedAt } = person;
    const [found] = await db
      .select({ target: providerLogouts.target })
      .from(providerLogouts)
      .where(
        and(
          eq(providerLogouts.issuer, issuer),
          inArray(providerLogouts.target, [...logoutTargets]),
          gte(providerLogouts.loggedOutAt, issuedAt),
        ),
      )
      .limit(1);
    return found !== undefined;
  }

  /** Makes a sign-in wait for logouts of its person that are under way. The first lock of its transaction. */
  async lockSignIn(tx: Db, { issuer, logoutTargets }: TokenPerson): Promise<void> {
    await lockTargets(tx, issuer, logoutTargets, 'share');
  }

  /** Makes a logout wait for sign-ins of its person that are under way. The first lock of its transaction. */
  async lockLogout(tx: Db, logout: LoggedOut): Promise<void> {
    await lockTargets(tx, logout.issuer, targetsOf(logout), 'update');
  }

  /** Whether there is capacity to remember a logout. */
  hasRoomFor(logout: LoggedOut): boolean {
    const memory = this.#memory;
    if (!memory) return true;
    const held = memory.get(logout.issuer);
    if (targetsOf(logout).every((target) => held?.has(target))) return true;
    const total = [...memory.values()].reduce((sum, { size }) => sum + size, 0);
    return (held?.size ?? 0) < MAX_IN_MEMORY - total;
  }

  /** Records a logout. After the commit, pass it to `remember`. */
  async record(tx: Db, logout: LoggedOut): Promise<void> {
    const retainedUntil = new Date(logout.retainedUntil);
    const rows = targetsOf(logout).map((target) => ({
      issuer: logout.issuer,
      target,
      loggedOutAt: logout.at,
      retainedUntil,
    }));
    const later = {
      loggedOutAt: sql`greatest(${providerLogouts.loggedOutAt}, excluded.logged_out_at)`,
      retainedUntil: sql`greatest(${providerLogouts.retainedUntil}, excluded.kept_until)`,
    };
    const primaryKey = [providerLogouts.issuer, providerLogouts.target];
    await tx.insert(providerLogouts).values(rows).onConflictDoUpdate({ target: primaryKey, set: later });
  }

  /** Call it after the commit of `record`, and before the provider gets its response. */
  remember(logout: LoggedOut): void {
    for (const target of targetsOf(logout)) this.#keep(logout.issuer, target, logout);
  }

  #keep(issuer: string, target: string, { at, retainedUntil }: RememberedLogout): void {
    if (!this.#memory) return;
    const ofIssuer = this.#memory.get(issuer) ?? new Map<string, RememberedLogout>();
    const before = ofIssuer.get(target);
    ofIssuer.set(target, {
      at: Math.max(at, before?.at ?? 0),
      retainedUntil: Math.max(retainedUntil, before?.retainedUntil ?? 0),
    });
    this.#memory.set(issuer, ofIssuer);
  }

  /** Forgets logouts from before which no token can be valid any more. */
  async purge(): Promise<void> {
    const now = this.#clock();
    await purgeBefore(this.#database, providerLogouts, now, { at: providerLogouts.retainedUntil });
    for (const [issuer, ofIssuer] of this.#memory ?? []) {
      for (const [target, { retainedUntil }] of ofIssuer) if (retainedUntil < now) ofIssuer.delete(target);
      if (ofIssuer.size === 0) this.#memory?.delete(issuer);
    }
  }
}

async function lockTargets(
  tx: Db,
  issuer: string,
  targets: readonly string[],
  strength: 'share' | 'update',
): Promise<void> {
  const names = targets.map((target) => `provider ${issuer} ${target}`);
  await tx.execute(sql`select 1 where ${queueFor(names, strength)}`);
}
