import { CODE_STYLE } from './code-view.ts';

/**
 * The palette of the console, light and dark: `web/ui/theme/tokens.ts` has the same values, and
 * `test/web/design.test.ts` compares both.
 */
export const PAGE_COLORS = {
  page: ['#f6f7f9', '#0c121a'],
  card: ['#ffffff', '#131b26'],
  sunken: ['#eff2f5', '#0f1620'],
  hairline: ['#e2e7ed', '#253142'],
  heading: ['#111923', '#ffffff'],
  text: ['#1f2a37', '#d6dee9'],
  dimmed: ['#586474', '#98a6b8'],
  refused: ['#b8202a', '#ff8f8c'],
  test: ['#8a5300', '#f0b54a'],
  data: ['#475a73', '#8fa6c4'],
} as const;

const VARIABLES = Object.entries(PAGE_COLORS)
  .map(([name, [light, dark]]) => `--${name}: light-dark(${light}, ${dark});`)
  .join(' ');

/** The bar at the top, the text, and the contents next to it, of which a narrow window shows the groups above. Lengths are of a root of 15 pixels, so 0.8rem is the 12 of the smallest text. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 16px/1.65 "Geist Variable", system-ui, sans-serif; font-size: 0.9375rem; text-rendering: geometricPrecision; ${VARIABLES} scroll-padding-top: 4.5rem; }
:root[data-scheme="light"] { color-scheme: light; }
:root[data-scheme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); }
a { color: var(--heading); text-underline-offset: 0.2em; text-decoration-color: var(--data); }
:focus-visible { outline: 2px solid var(--data); outline-offset: 2px; }
.bar { position: sticky; inset-block-start: 0; z-index: 1; display: flex; gap: 0.25rem 1.25rem; align-items: center; overflow-x: auto; white-space: nowrap;
  min-block-size: 3.5rem; padding: 0.5rem 1.25rem; border-block-end: 1px solid var(--hairline); background: var(--page); font-size: 0.875rem; }
.bar a { color: var(--dimmed); text-decoration: none; }
.bar a:hover, .bar [aria-current] { color: var(--heading); }
.bar [aria-current] { font-weight: 600; }
.bar .brand { display: inline-flex; gap: 0.5rem; align-items: center; color: var(--heading); }
.bar span { flex: 1; }
.columns { max-inline-size: 96rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
.contents { margin-block-end: 1.5rem; padding: 0.75rem 1rem; overflow: auto; border: 1px solid var(--hairline);
  border-radius: 0.5rem; background: var(--card); font-size: 0.8125rem; }
.contents p { margin: 0.75rem 0 0.25rem; color: var(--dimmed); font-weight: 600; }
.contents p:first-child { margin-block-start: 0; }
.contents p a { color: inherit; font-weight: inherit; }
.contents ul { margin: 0; padding: 0; list-style: none; }
.contents a { display: block; padding-block: 0.15rem; color: var(--text); text-decoration: none; overflow-wrap: anywhere; }
.contents a:hover { color: var(--heading); text-decoration: underline; }
main > div { min-inline-size: 0; }
h1, h2, h3, h4 { color: var(--heading); line-height: 1.3; text-wrap: balance; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; }
h2 { margin: 3rem 0 0.5rem; font-size: 1.25rem; }
h3 { margin: 0 0 0.5rem; font-size: 1rem; overflow-wrap: anywhere; }
h4 { margin: 1.25rem 0 0.4rem; font-size: 0.8125rem; color: var(--dimmed); }
h2 a, h3 a { color: inherit; text-decoration: none; }
h2 a:hover, h3 a:hover { text-decoration: underline; }
p { margin: 0 0 0.75rem; max-inline-size: 46rem; }
code, pre { font: 0.8125rem/1.6 "Geist Mono Variable", ui-monospace, monospace; overflow-wrap: anywhere; }
p code, dd code, li code { padding: 0.1em 0.3em; border-radius: 0.25rem; background: var(--sunken); }
pre { margin: 0; padding: 0.75rem 1rem; overflow: auto; overflow-wrap: normal; border: 1px solid var(--hairline); border-radius: 0.5rem; background: var(--sunken); }
dl { margin: 0; }
dt { color: var(--dimmed); font-size: 0.8125rem; font-weight: 600; }
dd { margin: 0 0 0.75rem; max-inline-size: 46rem; }
section { margin-block-start: 1rem; padding: 1.25rem; border: 1px solid var(--hairline); border-radius: 0.75rem; background: var(--card); }
section:target { outline: 2px solid var(--data); outline-offset: 2px; }
.mark { display: inline-block; margin-inline-end: 0.5rem; padding: 0.05rem 0.45rem; border: 1px solid currentcolor; border-radius: 0.25rem;
  color: var(--data); font-size: 0.8rem; font-weight: 600; line-height: 1.5; }
@media (max-width: 60rem) { .bar { position: static; flex-wrap: wrap; } }
@media (max-width: 40rem) { .bar b { display: none; } .bar { gap: 0.25rem 0.8rem; padding-inline: 0.75rem; font-size: 0.8rem; } }
@media (max-width: 63.99rem) { .contents { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; } .contents p { margin: 0; } .contents ul { display: none; } }
@media (min-width: 64rem) {
  .columns { display: grid; grid-template-columns: 14rem minmax(0, 1fr); column-gap: 2.5rem; }
  h1 { grid-column: 1 / -1; }
  .contents { position: sticky; inset-block-start: 5rem; align-self: start; max-block-size: calc(100vh - 6rem); padding: 0; border: 0; background: none; }
}
${CODE_STYLE}
@media print { :root:root { color-scheme: light; --page: #ffffff; } .bar, .contents { display: none; } section { break-inside: avoid; } }
@media (forced-colors: active) { .mark, section { border-color: CanvasText; } }
`;
