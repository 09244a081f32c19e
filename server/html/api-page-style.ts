import { EXAMPLE_LANGUAGES } from './call-examples.ts';

/** The example in the chosen language; if it has none, the request. */
const shown = (language: string): string =>
  [`.calls.${language} > .in.${language}`, `.calls:not(.${language}) > .in.http`]
    .map((example) => `body:has([value="${language}"]:checked) ${example}`)
    .join(', ');

/** The API page: each procedure next to its example if the window is wide, and the choice of a language. */
export const API_PAGE_STYLE = `
.choice { position: sticky; inset-block-start: 3.5rem; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 1.5rem 0 0;
  padding: 0.6rem 0; border: 0; border-block-end: 1px solid var(--hairline); background: var(--page); }
.choice legend { float: inline-start; margin-inline-end: 1rem; padding: 0; color: var(--dimmed); }
.choice label { display: inline-flex; gap: 0.4rem; align-items: center; cursor: pointer; }
.choice input { margin: 0; accent-color: var(--data); }
section { scroll-margin-top: 7rem; }
.call > div { min-inline-size: 0; }
.facts, .refusals { margin: 0 0 0.5rem; padding: 0; list-style: none; }
.facts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; color: var(--dimmed); font-size: 0.8125rem; }
.refusals li { margin-block: 0.35rem; line-height: 1.9; }
.refusals a { text-decoration: none; }
.refusals a:hover { text-decoration: underline; }
.refusals .mark { color: var(--refused); }
.shape { font-size: 0.875rem; overflow-wrap: anywhere; }
.shape ul { margin: 0.25rem 0 0; padding: 0; list-style: none; border-block-start: 1px solid var(--hairline); }
.shape li { padding-block: 0.35rem; border-block-end: 1px solid var(--hairline); }
.shape li li { border: 0; padding-block: 0.15rem; }
.shape li ul { padding-inline-start: 0.75rem; border: 0; border-inline-start: 2px solid var(--hairline); }
.shape b code { padding: 0; background: none; color: var(--heading); }
.shape i { color: var(--dimmed); font-size: 0.8125rem; }
.examples h4:first-child { margin-block-start: 0; }
.examples pre { max-block-size: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.in { display: none; }
${Object.keys(EXAMPLE_LANGUAGES).map(shown).join(',\n')} { display: block; }
@media (min-width: 80rem) {
  .call { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 0.85fr); gap: 2rem; }
  .examples { position: sticky; inset-block-start: 7rem; align-self: start; }
}
@media (max-width: 40rem) { .choice { position: static; } }
`;
