import { setTimeout as wait } from 'node:timers/promises';
import { type Caller, SIGN_IN } from './callers.ts';
import { Client } from './client.ts';
import { type Outcomes, Tally } from './outcomes.ts';

/** The responses to callers in a period of time. */
export interface CallResults {
  readonly due: number;
  readonly outcomes: Outcomes;
  /** Milliseconds from when each call was due until its response; a call without one counts with the whole timeout. */
  readonly waited: readonly number[];
}

export interface HonestResults {
  readonly calls: CallResults;
  readonly signIns: CallResults;
}

/** A call without a response by then has failed, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Makes callers call when their calls are due, whether or not earlier ones have been answered. */
export class OpenLoop {
  readonly #loops: readonly CallerLoop[];

  constructor(port: number, callers: readonly Caller[]) {
    this.#loops = callers.map((caller, i) => new CallerLoop(port, caller, i / callers.length));
  }

  /** How many seconds it calls. */
  async run(seconds: number): Promise<HonestResults> {
    const results = await Promise.all(this.#loops.map((loop) => loop.run(seconds)));
    const signsIn = (_: unknown, i: number) => this.#loops[i]?.caller.name === SIGN_IN;
    return {
      calls: together(results.filter((one, i) => !signsIn(one, i))),
      signIns: together(results.filter(signsIn)),
    };
  }
}

/**
 * The calls of one caller, over as many connections as they need: as many calls as are due within the patience can wait for
 * their responses at once.
 */
class CallerLoop {
  readonly caller: Caller;
  readonly #port: number;
  /** A share of the time between two calls, so that callers do not call at the same moments. */
  readonly #shift: number;
  readonly #free: Client[] = [];
  #made = 0;

  constructor(port: number, caller: Caller, shift: number) {
    this.#port = port;
    this.caller = caller;
    this.#shift = shift;
  }

  async run(seconds: number): Promise<CallResults> {
    const { perSecond } = this.caller;
    const calls = Math.floor(perSecond * seconds);
    const tally = new Tally();
    const waited: number[] = [];
    const underWay: Promise<void>[] = [];
    const begun = performance.now();
    for (let nth = 0; nth < calls; nth++) {
      const due = begun + ((nth + this.#shift) * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await wait(early);
      underWay.push(
        this.#call().then((outcome) => {
          tally.note(outcome);
          waited.push(performance.now() - due);
        }),
      );
    }
    await Promise.all(underWay);
    return { due: calls, outcomes: tally.outcomes, waited };
  }

  async #call(): Promise<string> {
    const client = this.#free.pop() ?? new Client(this.#port, this.caller.from, PATIENCE_MS);
    const [outcome = ''] = await client.exchange(this.caller.make(this.#made++));
    this.#free.push(client);
    return outcome;
  }
}

function together(results: readonly CallResults[]): CallResults {
  const outcomes: Record<string, number> = {};
  for (const [outcome, count] of results.flatMap((one) => Object.entries(one.outcomes))) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  return {
    due: results.reduce((sum, { due }) => sum + due, 0),
    outcomes,
    waited: results.flatMap(({ waited }) => waited),
  };
}
