/** Hands what is on the page over as a file: nothing is asked of the service. */
export function saveAsJson(value: unknown, name: string): void {
  const blob = new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser holds on to what it is saving.
  URL.revokeObjectURL(link.href);
}
