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
    }
  /** So many calls are not told, because they came faster than they were read; null where nobody knows how many. */
  | { readonly type: 'missed'; readonly count: number | null };
