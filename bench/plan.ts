/** How much of everything a run does. */
export interface Plan {
  /** The three servers over HTTP. */
  readonly echo: { readonly rounds: number; readonly warmUpS: number; readonly roundS: number };
  /** Signing alone, in Node and in Chromium. */
  readonly sign: { readonly rounds: number; readonly calls: number };
  /** Routes of other frameworks, with a guard and without. */
  readonly guard: { readonly rounds: number; readonly warmUpS: number; readonly roundS: number };
  readonly verify: {
    readonly rounds: number;
    readonly roundS: number;
    readonly inFlight: readonly number[];
    /** Keys that are used in turn, however many there are. */
    readonly callers: number;
    /** Keys of the smaller database. */
    readonly few: number;
  };
  /** Keys of the larger database, and of them those that are each used once. */
  readonly many: { readonly total: number; readonly active: number };
  /** What is asked of Postgres, one store at a time. */
  readonly written: { readonly rounds: number; readonly roundS: number };
  /** Instances that share one Postgres. */
  readonly pair: { readonly rounds: number; readonly warmUpS: number; readonly roundS: number };
  readonly soak: { readonly calls: number; readonly steps: number };
}

export const FULL: Plan = {
  echo: { rounds: 5, warmUpS: 3, roundS: 4 },
  sign: { rounds: 5, calls: 5_000 },
  guard: { rounds: 5, warmUpS: 3, roundS: 4 },
  verify: { rounds: 5, roundS: 2, inFlight: [1, 32, 256], callers: 900, few: 1_000 },
  many: { total: 1_000_000, active: 100_000 },
  written: { rounds: 3, roundS: 2 },
  pair: { rounds: 5, warmUpS: 2, roundS: 2 },
  soak: { calls: 1_000_000, steps: 10 },
};

/** The same in under a minute: to see that all of it works, and roughly how fast. */
export const QUICK: Plan = {
  echo: { rounds: 3, warmUpS: 1, roundS: 1 },
  sign: { rounds: 3, calls: 1_000 },
  guard: { rounds: 3, warmUpS: 1, roundS: 1 },
  verify: { rounds: 3, roundS: 0.5, inFlight: [32], callers: 200, few: 1_000 },
  many: { total: 100_000, active: 5_000 },
  written: { rounds: 1, roundS: 0.5 },
  pair: { rounds: 1, warmUpS: 1, roundS: 1 },
  soak: { calls: 20_000, steps: 4 },
};
