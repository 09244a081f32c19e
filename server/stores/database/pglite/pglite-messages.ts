/** A statement for the thread of PGlite. */
export interface Statement {
  readonly kind: 'statement';
  readonly text: string;
  readonly params: readonly unknown[];
  readonly rowMode: 'array' | 'object';
  /** Whether it belongs to a transaction, which begins with its first statement. */
  readonly inTransaction: boolean;
}

/** The end of a transaction. */
export interface TransactionEnd {
  readonly kind: 'commit' | 'rollback';
}

/** Closes the database. */
interface Close {
  readonly kind: 'close';
}

/** What the thread of PGlite runs, one after the other. */
export type Command = Statement | TransactionEnd | Close;

/** A command and the number of its response. */
export interface NumberedCommand {
  readonly id: number;
  readonly command: Command;
}

/** The properties of an error that cross the boundary between threads: structured clone keeps only the message. */
export type ErrorMembers = { readonly name: string; readonly message: string } & Readonly<
  Record<string, string | number | undefined>
>;

/** The response to a command, or to the opening: number 0. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: ErrorMembers;
}
