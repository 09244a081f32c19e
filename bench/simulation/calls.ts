import { Cores } from './cores.ts';
import { exponential, randomOf } from './random.ts';

/**
 * One kind of question of a call, in the order of the list. `server/stores/database/batcher.ts` lets questions share
 * statements.
 */
export interface Stage {
  /** Milliseconds of Postgres' CPU: of a statement, and of each question in it. */
  readonly perStatement: number;
  readonly perQuestion: number;
  /** Maximal questions of one statement, and concurrent statements of an instance. */
  readonly size: number;
  readonly atOnce: number;
}

/** Instances that share one Postgres. Times in milliseconds. */
export interface World {
  readonly instances: number;
  /** Of Postgres. */
  readonly cores: number;
  readonly stages: readonly Stage[];
  /** What a statement waits in addition to its CPU time: the network and the disk. */
  readonly latency: number;
  /**
   * Either calls that arrive by themselves, per millisecond on all instances; or a constant number under way on each.
   */
  readonly load:
    | { readonly arrivals: number }
    /** @param perAsk CPU of an instance for each call, one after the other, on the same cores as Postgres */
    | { readonly inFlight: number; readonly perAsk: number };
  readonly seed: number;
  /** Calls that are counted, after a tenth as many that are not. */
  readonly calls: number;
}

/** Times in milliseconds. */
export interface Outcome {
  readonly perSecond: number;
  /** Questions of a statement. */
  readonly together: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** Utilization of Postgres' cores, and CPU time of a call. */
  readonly used: number;
  readonly cpu: number;
}

interface Instance {
  /**
   * For each stage, the arrival times of the calls that wait for a statement, and the number of statements under way.
   */
  readonly queues: number[][];
  readonly running: number[];
  toAsk: number;
}

/** A statement whose CPU work is done, and which waits for the rest of its time. */
interface Answer {
  readonly at: number;
  readonly instance: Instance;
  readonly stage: number;
  readonly batch: readonly number[];
}

/** Simulates calls that arrive, wait for their statements and get their responses, until there were enough. */
export function simulate(world: World): Outcome {
  return new Simulation(world).run();
}

class Simulation {
  readonly #world: World;
  readonly #random: () => number;
  readonly #cores: Cores;
  readonly #instances: readonly Instance[];
  /** In the order in which they are due: all have the same latency in addition to their CPU time. */
  readonly #answers: Answer[] = [];
  readonly #waited: number[] = [];
  #ended = 0;
  #statements = 0;
  #questions = 0;
  /** Where counting began. */
  #begun = { at: 0, busy: 0 };

  constructor(world: World) {
    this.#world = world;
    this.#random = randomOf(world.seed);
    this.#cores = new Cores(world.cores);
    this.#instances = Array.from({ length: world.instances }, () => ({
      queues: world.stages.map(() => []),
      running: world.stages.map(() => 0),
      toAsk: 0,
    }));
  }

  run(): Outcome {
    const { load, calls } = this.#world;
    const rate = 'arrivals' in load ? load.arrivals : 0;
    const between = () => (rate > 0 ? exponential(this.#random, rate) : Number.POSITIVE_INFINITY);
    if ('inFlight' in load) this.#askAll(load);
    let arrival = between();
    let now = 0;
    while (this.#waited.length < calls) {
      const answer = this.#answers[0]?.at ?? Number.POSITIVE_INFINITY;
      now = Math.min(arrival, answer, this.#cores.next);
      if (now === answer) this.#answer(this.#answers.shift() as Answer);
      else if (now < arrival) this.#cores.finish();
      else {
        this.#come(this.#instances[Math.floor(this.#random() * this.#instances.length)] as Instance, now);
        arrival = now + between();
      }
    }
    return this.#outcome(now);
  }

  #askAll({ inFlight, perAsk }: { inFlight: number; perAsk: number }): void {
    for (const one of this.#instances) for (let i = 0; i < inFlight; i++) this.#askAgain(one, 0, perAsk);
  }

  #come(instance: Instance, now: number): void {
    instance.queues[0]?.push(now);
    this.#send(instance, 0, now);
  }

  /** Calls that arrived in the meantime share the next statement. */
  #send(instance: Instance, stage: number, now: number): void {
    const { stages, latency } = this.#world;
    const { perStatement, perQuestion, size, atOnce } = stages[stage] as Stage;
    const queue = instance.queues[stage] as number[];
    while (queue.length > 0 && (instance.running[stage] as number) < atOnce) {
      const batch = queue.splice(0, size);
      instance.running[stage] = (instance.running[stage] as number) + 1;
      this.#statements++;
      this.#questions += batch.length;
      this.#cores.run(now, perStatement + perQuestion * batch.length, (computed) =>
        this.#answers.push({ at: computed + latency, instance, stage, batch }),
      );
    }
  }

  #answer({ at, instance, stage, batch }: Answer): void {
    instance.running[stage] = (instance.running[stage] as number) - 1;
    const next = instance.queues[stage + 1];
    if (next) next.push(...batch);
    else for (const came of batch) this.#end(instance, at, came);
    this.#send(instance, stage, at);
    if (next) this.#send(instance, stage + 1, at);
  }

  #end(instance: Instance, now: number, came: number): void {
    const { calls, load } = this.#world;
    if (++this.#ended > calls / 10) this.#waited.push(now - came);
    else this.#begun = { at: now, busy: this.#cores.busy };
    if ('inFlight' in load) this.#askAgain(instance, now, load.perAsk);
  }

  #askAgain(instance: Instance, now: number, perAsk: number): void {
    if (instance.toAsk++ === 0) this.#question(instance, now, perAsk);
  }

  #question(instance: Instance, now: number, perAsk: number): void {
    this.#cores.run(now, perAsk, (asked) => {
      if (--instance.toAsk > 0) this.#question(instance, asked, perAsk);
      this.#come(instance, asked);
    });
  }

  #outcome(now: number): Outcome {
    const took = now - this.#begun.at;
    const busy = this.#cores.busy - this.#begun.busy;
    const waited = this.#waited.sort((a, b) => a - b);
    const at = (share: number) => waited[Math.floor(waited.length * share)] as number;
    return {
      perSecond: (waited.length / took) * 1000,
      together: this.#questions / this.#statements,
      mean: waited.reduce((sum, wait) => sum + wait, 0) / waited.length,
      p50: at(0.5),
      p99: at(0.99),
      used: busy / (took * this.#world.cores),
      cpu: busy / waited.length,
    };
  }
}
