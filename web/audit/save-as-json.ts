/** Saves what is on the page as a file, without a call to the service. */
export function saveAsJson(value: unknown, name: string): void {
  const blob = new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser keeps its own reference while it saves.
  URL.revokeObjectURL(link.href);
}
