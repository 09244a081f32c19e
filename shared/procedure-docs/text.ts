/** A guard's texts in another language, in Markdown with `code` and links to pages of docs. */
export interface ProcedureText {
  /** Its `description`; the first sentence can stand alone. */
  readonly does: string;
  /** The shape of its input, where that has words in it. */
  readonly input?: string;
  /** The shape of its answer, where that has words in it. */
  readonly answer?: string;
}
