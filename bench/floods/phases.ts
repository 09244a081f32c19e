/** The length of each phase, in seconds. */
export interface PhaseSeconds {
  readonly warmUp: number;
  readonly quiet: number;
  /** The flood has begun, and nothing is measured yet. */
  readonly swell: number;
  readonly under: number;
}

export const FULL: PhaseSeconds = { warmUp: 2, quiet: 5, swell: 1, under: 8 };
export const QUICK: PhaseSeconds = { warmUp: 0.2, quiet: 0.6, swell: 0.2, under: 0.8 };
