/** Accepted and refused calls. */
export interface Counts {
  readonly accepted: number;
  readonly refused: number;
}

/** The sum of counts; without `a`, those of `b`. */
export const addCounts = (a: Counts | undefined, { accepted, refused }: Counts): Counts => ({
  accepted: (a?.accepted ?? 0) + accepted,
  refused: (a?.refused ?? 0) + refused,
});

export const totalCalls = ({ accepted, refused }: Counts): number => accepted + refused;
