// Before anything is shown, so that a dark page is never white first: Mantine reads and writes the same two places.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // A browser that keeps nothing goes by its own scheme.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  // The pages before sign-in have another frame.
  const isDoor = /\/(sign-in|sign-up|reset|invitation)(\/|$)/.test(location.pathname);
  document.documentElement.setAttribute('data-frame', isDoor ? 'door' : 'shell');
}
