/** A job that takes a number of milliseconds of a core. */
interface Job {
  /** How much service every running job will have had when this one is done. */
  readonly end: number;
  readonly done: (now: number) => void;
}

/**
 * Cores that running jobs share evenly (processor sharing): each has its own core while there are enough. All
 * progress alike, so the service that each has had since the start determines which one is done first.
 */
export class Cores {
  readonly #cores: number;
  /** Ordered by their end. */
  readonly #jobs: Job[] = [];
  #had = 0;
  #now = 0;
  #busy = 0;

  constructor(cores: number) {
    this.#cores = cores;
  }

  /** Milliseconds of all cores together that were used. */
  get busy(): number {
    return this.#busy;
  }

  run(now: number, work: number, done: (now: number) => void): void {
    this.#advance(now);
    const job = { end: this.#had + work, done };
    let [from, to] = [0, this.#jobs.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#jobs[middle] as Job).end <= job.end) from = middle + 1;
      else to = middle;
    }
    this.#jobs.splice(from, 0, job);
  }

  /** When the next job is done, if nothing comes before. */
  get next(): number {
    const [first] = this.#jobs;
    return first ? this.#now + (first.end - this.#had) / this.#share : Number.POSITIVE_INFINITY;
  }

  finish(): void {
    const at = this.next;
    const job = this.#jobs[0] as Job;
    this.#advance(at);
    this.#jobs.shift();
    job.done(at);
  }

  get #share(): number {
    return Math.min(1, this.#cores / this.#jobs.length);
  }

  #advance(now: number): void {
    if (this.#jobs.length > 0) {
      this.#had += (now - this.#now) * this.#share;
      this.#busy += (now - this.#now) * this.#share * this.#jobs.length;
    }
    this.#now = now;
  }
}
