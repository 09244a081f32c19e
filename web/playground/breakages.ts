/** A request before it is signed. */
export interface Draft {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  /** Empty where there is no body. */
  readonly contentType: string;
  readonly body: string | null;
}

/** What is done to a signed request so that it is refused. */
interface Breakage {
  /** Seconds that the clock is off while it signs. */
  readonly shift?: number;
  /** What is signed in place of what is sent. */
  readonly signs?: (draft: Draft) => Draft;
  /** What is sent in place of what was signed. */
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

/** One space more, which means the same and is another request all the same; of a query, one parameter more. */
function withOneMore(draft: Draft): Draft {
  if (draft.body !== null) return { ...draft, body: `${draft.body} ` };
  return { ...draft, target: `${draft.target}${draft.target.includes('?') ? '&' : '?'}more=1` };
}

const elsewhere = (target: string): string =>
  target.startsWith('/api/whoami') ? '/api/exemple' : '/api/whoami';
