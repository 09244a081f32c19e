/** Saves a blob as a file, without a call to the service. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser keeps its own reference while it saves.
  URL.revokeObjectURL(link.href);
}
