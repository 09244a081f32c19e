import { createHash } from 'node:crypto';

/** Applies the colour scheme that the reader chose in the console, which stores it in `localStorage`, before the page is painted. */
export const THEME_SCRIPT = `try {
  const chosen = localStorage.getItem('mantine-color-scheme-value');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.scheme = chosen;
} catch {}`;

/** The source expression that allows an inline script or style by its digest (CSP Level 3, §2.3.1). */
export const cspDigest = (content: string): string =>
  `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
