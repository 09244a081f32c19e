/** How long everything takes, in seconds. */
export interface Stretch {
  readonly warmUp: number;
  readonly quiet: number;
  /** The flood has begun, and nothing is measured yet. */
  readonly swell: number;
  readonly under: number;
}

export const FULL: Stretch = { warmUp: 0.7, quiet: 2, swell: 0.5, under: 3 };
export const QUICK: Stretch = { warmUp: 0.3, quiet: 0.7, swell: 0.3, under: 1 };
