/** The form that makes a key, and the reveal of its secrets. */
export function CreateKey(_: { readonly opened: boolean; readonly onClose: () => void }) {
  return null;
}
