/** What a test file leaves to be undone, oldest first. */
const undone: (() => unknown)[] = [];

/**
 * Has something undone when the present test file ends, after all of its hooks: what they close is closed. A hook that a
 * module of the harness registers as it is imported would not do, since files that share a worker import it once.
 */
export function atEndOfFile(undo: () => unknown): void {
  undone.push(undo);
}

/** Undoes what the test file has left, the latest first. */
export async function undoAll(): Promise<void> {
  for (const undo of undone.splice(0).reverse()) await undo();
}
