import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import { providerLogouts } from '../../../drizzle/schema/identities.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Db } from '../database/database.ts';
import { queueFor } from '../database/locks.ts';
import { purgeBefore } from '../database/purge.ts';

/**
 * Names that a process on PGlite keeps in memory. An issuer may have as many as are free (dynamic thresholds, Choudhury and
 * Hahne 1998): half if it is the only one, and none fills the memory for another.
 */
const MAX_IN_MEMORY = 200_000;

/** When a person logged out, which ends the tokens that were issued until then, and until when that is remembered. */
interface RememberedLogout {
  /** Unix seconds. */
  readonly at: number;
  /** Milliseconds. */
  readonly keptUntil: number;
}

/** The logouts of each issuer, by name. */
type LogoutMemory = Map<string, Map<string, RememberedLogout>>;

/** Whom a token of a provider names, and since when. */
export interface TokenPerson {
  /** The claims `iss` and `sub`. */
  readonly issuer: string;
  readonly subject: string;
  /** The names under which a logout concerns the token. */
  readonly who: readonly [person: string, session: string];
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
  readonly keptUntil: number;
}

/** The person of a token, by its claims `iss`, `sub`, `sid` and `iat`. */
export function personOfToken(
  issuer: string,
  subject: string,
  session: string | null,
  issuedAt: number,
): TokenPerson {
  return {
    issuer,
    subject,
    who: [byPerson(subject), session === null ? anyOf(subject) : bySession(session)],
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
function namesOfLogout({ subject, session }: LoggedOut): string[] {
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
    for (const { issuer, who, loggedOutAt, keptUntil } of await database.db.select().from(providerLogouts))
      logouts.#keep(issuer, who, { at: loggedOutAt, keptUntil: keptUntil.getTime() });
    return logouts;
  }

  /** Whether a person is known to have logged out, without a query: `false` proves it on PGlite alone. */
  isKnown(person: TokenPerson): boolean {
    if (this.#known.has(person)) return true;
    const { issuer, who, issuedAt } = person;
    const ofIssuer = this.#memory?.get(issuer);
    return ofIssuer !== undefined && who.some((name) => (ofIssuer.get(name)?.at ?? -1) >= issuedAt);
  }

  /** Remembers, as long as a token is cached, that its person has logged out. */
  rememberPerson(person: TokenPerson): void {
    this.#known.add(person);
  }

  /** Whether a person has logged out since their token was issued. */
  async hasLoggedOut(person: TokenPerson, db: Db = this.#database.db): Promise<boolean> {
    const { issuer, who, issuedAt } = person;
    const [found] = await db
      .select({ who: providerLogouts.who })
      .from(providerLogouts)
      .where(
        and(
          eq(providerLogouts.issuer, issuer),
          inArray(providerLogouts.who, [...who]),
          gte(providerLogouts.loggedOutAt, issuedAt),
        ),
      )
      .limit(1);
    return found !== undefined;
  }

  /** Makes a sign-in wait for logouts of its person that are under way. The first lock of its transaction. */
  async lockSignIn(tx: Db, { issuer, who }: TokenPerson): Promise<void> {
    await lockNames(tx, issuer, who, 'to read');
  }

  /** Makes a logout wait for sign-ins of its person that are under way. The first lock of its transaction. */
  async lockLogout(tx: Db, logout: LoggedOut): Promise<void> {
    await lockNames(tx, logout.issuer, namesOfLogout(logout), 'to change');
  }

  /** Whether there is room to remember a logout. */
  hasRoomFor(logout: LoggedOut): boolean {
    const memory = this.#memory;
    if (!memory) return true;
    const held = memory.get(logout.issuer);
    if (namesOfLogout(logout).every((who) => held?.has(who))) return true;
    const total = [...memory.values()].reduce((sum, { size }) => sum + size, 0);
    return (held?.size ?? 0) < MAX_IN_MEMORY - total;
  }

  /** Records a logout. After the commit, pass it to `remember`. */
  async record(tx: Db, logout: LoggedOut): Promise<void> {
    const keptUntil = new Date(logout.keptUntil);
    const rows = namesOfLogout(logout).map((who) => ({
      ...{ issuer: logout.issuer, who },
      ...{ loggedOutAt: logout.at, keptUntil },
    }));
    const later = {
      loggedOutAt: sql`greatest(${providerLogouts.loggedOutAt}, excluded.logged_out_at)`,
      keptUntil: sql`greatest(${providerLogouts.keptUntil}, excluded.kept_until)`,
    };
    const target = [providerLogouts.issuer, providerLogouts.who];
    await tx.insert(providerLogouts).values(rows).onConflictDoUpdate({ target, set: later });
  }

  /** Call it after the commit of `record`, and before the provider gets its response. */
  remember(logout: LoggedOut): void {
    for (const who of namesOfLogout(logout)) this.#keep(logout.issuer, who, logout);
  }

  #keep(issuer: string, who: string, { at, keptUntil }: RememberedLogout): void {
    if (!this.#memory) return;
    const ofIssuer = this.#memory.get(issuer) ?? new Map<string, RememberedLogout>();
    const before = ofIssuer.get(who);
    ofIssuer.set(who, {
      at: Math.max(at, before?.at ?? 0),
      keptUntil: Math.max(keptUntil, before?.keptUntil ?? 0),
    });
    this.#memory.set(issuer, ofIssuer);
  }

  /** Forgets logouts from before which no token can be valid any more. */
  async purge(): Promise<void> {
    const now = this.#clock();
    await purgeBefore(this.#database, providerLogouts, now, { at: providerLogouts.keptUntil });
    for (const [issuer, ofIssuer] of this.#memory ?? []) {
      for (const [who, { keptUntil }] of ofIssuer) if (keptUntil < now) ofIssuer.delete(who);
      if (ofIssuer.size === 0) this.#memory?.delete(issuer);
    }
  }
}

async function lockNames(
  tx: Db,
  issuer: string,
  who: readonly string[],
  why: 'to read' | 'to change',
): Promise<void> {
  const names = who.map((name) => `provider ${issuer} ${name}`);
  await tx.execute(sql`select 1 where ${queueFor(names, why)}`);
}
