/** Which secrets of a key signed a call: the current ones, or those from before a rotation. */
export type PairRole = 'current' | 'previous';

/** An event of the stream that watches a key. */
export type TailEvent =
  | {
      readonly type: 'call';
      readonly at: string;
      readonly procedure: string;
      readonly outcome: string;
      readonly durationMs: number;
      readonly address: string | null;
      readonly requestId: string;
      /** Null if the gate refused the call. */
      readonly pair: PairRole | null;
    }
  /**
   * The number of calls that are left out: they came faster than they were read, or while the stream was interrupted;
   * null if it is unknown.
   */
  | { readonly type: 'missed'; readonly count: number | null };
