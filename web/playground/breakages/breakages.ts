/** A request before it is signed. */
export interface Draft {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  /** Empty if there is no body. */
  readonly contentType: string;
  readonly body: string | null;
}

/** A change to a signed request that makes the service refuse it. */
interface Breakage {
  /** Seconds by which the clock is off when it signs. */
  readonly shift?: number;
  /** Signs another request than the one that is sent. */
  readonly signs?: (draft: Draft) => Draft;
  /** Sends another request than the one that was signed. */
  readonly sends?: (draft: Draft) => Draft;
  readonly isUnsigned?: boolean;
  readonly isOfAnotherSecret?: boolean;
  readonly isSentTwice?: boolean;
}

const TEN_MINUTES = 600;

export const BREAKAGES = {
  nothing: {},
  input: { sends: withOneMore },
  replay: { isSentTwice: true },
  late: { shift: -TEN_MINUTES },
  early: { shift: TEN_MINUTES },
  path: { signs: (draft) => ({ ...draft, target: elsewhere(draft.target) }) },
  secret: { isOfAnotherSecret: true },
  unsigned: { isUnsigned: true },
} as const satisfies Record<string, Breakage>;

export type BreakageName = keyof typeof BREAKAGES;
export const breakageOf = (name: BreakageName): Breakage => BREAKAGES[name];

/** Adds one space, which keeps the meaning but changes the bytes; for a query, adds one parameter. */
function withOneMore(draft: Draft): Draft {
  if (draft.body !== null) return { ...draft, body: `${draft.body} ` };
  return { ...draft, target: `${draft.target}${draft.target.includes('?') ? '&' : '?'}more=1` };
}

const elsewhere = (target: string): string =>
  target.startsWith('/api/whoami') ? '/api/exemple' : '/api/whoami';
