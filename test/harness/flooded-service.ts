import { setTimeout as wait } from 'node:timers/promises';
import { type Caller, honestCallers, SIGN_IN } from '../../bench/floods/callers.ts';
import { Client } from '../../bench/floods/client.ts';
import { createParticipants } from '../../bench/floods/create-participants.ts';
import { type FloodName, floodOf } from '../../bench/floods/floods.ts';
import { type FloodIssuer, startIssuer } from '../../bench/floods/issuer.ts';
import { type Outcomes, Tally } from '../../bench/floods/outcomes.ts';
import type { Participants } from '../../bench/floods/participants.ts';
import { scrape, since } from './metrics.ts';
import { startTestService, type TestService } from './service.ts';

/** Requests, or connections, of one flood. */
const MAX_REQUESTS = 300;
/** Rounds of honest calls once the flood has been sent. */
const ROUNDS = 5;
/** Rounds with a sign-in: the hundredth would end the session by which the person acts. */
const SIGN_INS = 2;
/**
 * Networks of a flood, where its own number is more than the service promises to divide: 64 sign-ins wait, so beyond 64
 * networks any of them may get a 503, an honest one too. With fewer, a full queue refuses one of a network that has several.
 */
const NETWORKS: Partial<Record<FloodName, number>> = { 'sign-in-many-24': 32 };
/** The counts do not depend on the machine's speed. */
export const PATIENCE_MS = 60_000;

/** The measurements of one flood. */
export interface FloodReport {
  /** Answers to honest callers other than 200, with the caller's name. */
  readonly honest: readonly string[];
  readonly sent: number;
  readonly outcomes: Outcomes;
  /** Database lookups of keys and sessions, without those for honest callers. */
  readonly lookUps: { readonly keys: number; readonly sessions: number };
}

/** A service that trusts a proxy on this machine, with honest callers and an attacker. */
export class FloodedService {
  readonly participants: Participants;
  readonly #service: TestService;
  readonly #issuer: FloodIssuer;
  readonly #callers: readonly { caller: Caller; client: Client }[];
  #calls = 0;

  static async start(): Promise<FloodedService> {
    const issuer = await startIssuer();
    const service = await startTestService({
      env: {
        KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
        // The honest person calls as fast as the service answers.
        KEYSEAL_SESSION_CALLS: '1000000',
        KEYSEAL_ISSUERS: issuer.configuration,
      },
    });
    const participants = await createParticipants(service.running, { cold: 300, records: 1_000 }, issuer);
    const callers = await honestCallers(service.authority, participants);
    return new FloodedService({ service, issuer }, participants, callers);
  }

  private constructor(
    { service, issuer }: { readonly service: TestService; readonly issuer: FloodIssuer },
    participants: Participants,
    callers: readonly Caller[],
  ) {
    this.#service = service;
    this.#issuer = issuer;
    this.participants = participants;
    this.#callers = callers.map((caller) => {
      return { caller, client: new Client(service.port, caller.from, PATIENCE_MS) };
    });
  }

  get url(): string {
    return this.#service.url;
  }

  async stop(): Promise<void> {
    for (const { client } of this.#callers) client.close();
    await this.#service.stop();
    await this.#issuer.stop();
  }

  /** Sends a flood, and lets honest callers call until all of it is sent, and a few times more. */
  async runFlood(name: FloodName): Promise<FloodReport> {
    const { send, sockets, enough = MAX_REQUESTS } = floodOf(name);
    const { port, authority } = this.#service;
    const max = Math.min(MAX_REQUESTS, sockets ?? MAX_REQUESTS, enough);
    const tally = new Tally();
    const stopping = new AbortController();
    // Regular callers are cached before the flood.
    await this.#round(true);
    const before = await scrape(port);
    const networks = NETWORKS[name];
    const target = { port, authority, participants: this.participants, max };
    const flooding = send(networks ? { ...target, networks } : target, tally, stopping.signal);
    const honest: string[] = [];
    let rounds = 0;
    const callOnce = async () => {
      rounds++;
      honest.push(...(await this.#round(rounds <= SIGN_INS)));
    };
    // Held connections are all open before honest callers call.
    while (tally.sent < max) await (sockets === undefined ? callOnce() : wait(10));
    if (sockets !== undefined) await this.#arrived(tally);
    for (let left = ROUNDS; left > 0; left--) await callOnce();
    if (sockets !== undefined) stopping.abort();
    await flooding;
    const after = await scrape(port);
    const misses = (cache: string) =>
      since(before, after, 'keyseal_cache_reads_total', { cache, result: 'miss' });
    // One key in each round is called for the first time.
    const lookUps = { keys: misses('keys') - rounds, sessions: misses('sessions') };
    return { honest, sent: tally.sent, outcomes: tally.outcomes, lookUps };
  }

  /** One call of each caller at the same time. @returns answers other than 200, with the caller's name */
  async #round(withSignIn: boolean): Promise<string[]> {
    const nth = this.#calls++;
    const calling = this.#callers.filter(({ caller }) => withSignIn || caller.name !== SIGN_IN);
    const answers = await Promise.all(
      calling.map(async ({ caller, client }) => `${caller.name}: ${await client.exchange(caller.make(nth))}`),
    );
    return answers.filter((answer) => !answer.endsWith(': 200'));
  }

  /** Resolves once a flood has arrived, and the service reads no more bytes of its bodies. */
  async #arrived(tally: Tally): Promise<void> {
    while (tally.delivered < tally.sent) await wait(10);
    const bytes: number[] = [];
    const isStill = () => bytes.length >= 3 && bytes.slice(-3).every((each) => each === bytes.at(-1));
    while (!isStill()) bytes.push((await scrape(this.#service.port)).sum('keyseal_body_bytes'));
  }
}
