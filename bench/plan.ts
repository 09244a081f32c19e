/** The length of a measurement over HTTP. */
interface Turns {
  readonly rounds: number;
  readonly warmUpS: number;
  readonly roundS: number;
}

/** The size of each part of a run. */
export interface Plan {
  readonly quick: boolean;
  /** All servers over HTTP, and the keys that call them in turn. */
  readonly echo: Turns & { readonly keys: number };
  /** Routes of other frameworks, with a guard and without. */
  readonly guard: Turns;
  /** A generator in another language, over HTTP. */
  readonly independent: { readonly rounds: number; readonly calls: number };
  /** Only signing, in Node and in Chromium. */
  readonly sign: { readonly rounds: number; readonly calls: number };
  readonly admit: { readonly rounds: number; readonly calls: number };
  readonly verify: {
    readonly rounds: number;
    readonly roundS: number;
    readonly inFlight: readonly number[];
    /** Keys that take turns, however many there are. */
    readonly callers: number;
    /** Keys of the smaller database. */
    readonly few: number;
  };
  /** Keys of the larger database, and how many of them are used once each. */
  readonly many: { readonly total: number; readonly active: number };
  readonly claims: { readonly rounds: number; readonly roundS: number; readonly inFlight: readonly number[] };
  /** Nonces in memory at once. */
  readonly nonces: number;
  /** Public keys of each kind in memory: more than the service imports at a time. */
  readonly publicKeys: number;
  readonly starts: number;
  /** Measurements of Postgres, one store at a time. */
  readonly written: { readonly rounds: number; readonly roundS: number };
  /** Instances that share one Postgres. */
  readonly pair: Turns;
  readonly soak: { readonly calls: number; readonly steps: number };
}

export const FULL: Plan = {
  quick: false,
  echo: { rounds: 5, warmUpS: 2, roundS: 2.5, keys: 900 },
  guard: { rounds: 5, warmUpS: 1, roundS: 1.5 },
  independent: { rounds: 5, calls: 6_000 },
  sign: { rounds: 5, calls: 4_000 },
  admit: { rounds: 5, calls: 50_000 },
  verify: { rounds: 5, roundS: 1.5, inFlight: [32, 256], callers: 900, few: 1_000 },
  many: { total: 1_000_000, active: 100_000 },
  claims: { rounds: 5, roundS: 1.5, inFlight: [32, 64, 128, 256] },
  nonces: 1_000_000,
  publicKeys: 10_000,
  starts: 5,
  written: { rounds: 3, roundS: 2 },
  pair: { rounds: 5, warmUpS: 2, roundS: 2 },
  soak: { calls: 10_000_000, steps: 10 },
};

/** The same in under a minute: to check that everything works, and roughly how fast. */
export const QUICK: Plan = {
  quick: true,
  echo: { rounds: 2, warmUpS: 0.2, roundS: 0.3, keys: 90 },
  guard: { rounds: 2, warmUpS: 0.2, roundS: 0.2 },
  independent: { rounds: 2, calls: 500 },
  sign: { rounds: 2, calls: 300 },
  admit: { rounds: 2, calls: 10_000 },
  verify: { rounds: 2, roundS: 0.2, inFlight: [64], callers: 60, few: 1_000 },
  many: { total: 20_000, active: 2_000 },
  claims: { rounds: 2, roundS: 0.3, inFlight: [128] },
  nonces: 100_000,
  publicKeys: 6_000,
  starts: 2,
  written: { rounds: 1, roundS: 0.5 },
  pair: { rounds: 1, warmUpS: 1, roundS: 1 },
  soak: { calls: 40_000, steps: 4 },
};
