/** A guard's documentation in another language, in Markdown with `code` and links to pages of docs. */
export interface ProcedureText {
  /** Its `description`; the first sentence can stand on its own. */
  readonly does: string;
  /** The shape of its input, if that contains words. */
  readonly input?: string;
  /** The shape of its output, if that contains words. */
  readonly output?: string;
}
