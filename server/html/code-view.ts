import { escapeHtml } from './escape-html.ts';

/** Property names, strings, numbers and keywords of JSON and TypeScript; each group is a class of `CODE_STYLE`. */
const TOKENS =
  /(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<word>\b(?:await|const|import|from|true|false|null)\b)|(?<number>\b\d[\d_]*(?:\.\d+)?\b)/g;

/** The colours of code, with a contrast of 4.5 against the background; the console's docs have the same. */
export const CODE_STYLE = `
pre .name { color: light-dark(#1f5f9f, #8fbce8); }
pre .text { color: light-dark(#125c47, #7bc0a8); }
pre .word { color: light-dark(#7a3e9d, #c9a5e8); }
pre .number { color: light-dark(#9a4a00, #e8b27a); }
`;

/** Renders code in colours. Nothing in it is trusted. */
export function codeView(code: string): string {
  let end = 0;
  let html = '';
  for (const match of code.matchAll(TOKENS)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    html += `${escapeHtml(code.slice(end, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  // A reader who has only a keyboard can scroll it too.
  return `<pre tabindex="0">${html}${escapeHtml(code.slice(end))}</pre>`;
}
