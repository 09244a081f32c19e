/** What people are told of a procedure, in Markdown with `code` and links to pages of docs. */
export interface ProcedureText {
  /** A paragraph; its first sentence can stand alone. */
  readonly does: string;
  /** The shape of what it takes; none where it takes nothing. */
  readonly input?: string;
  /** The shape of what it answers. */
  readonly answer: string;
}
