import { createHash } from 'node:crypto';

/** Applies the colours that the reader chose in the console, which keeps the choice in this place, before anything is shown. */
export const THEME_SCRIPT = `try {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.scheme = chosen;
} catch {}`;

/** What allows a script or a style in a policy by its digest (CSP Level 3, §6.1). */
export const cspDigest = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
