import type { ProcedureInfo } from '../rpc/procedure-registry.ts';

/** The description on a procedure's guard; empty if there is none. */
export const descriptionOf = ({ guard: { description = '' } }: ProcedureInfo): string =>
  withoutPageLinks(description);

/** The first sentence of the description, as plain text; the name if there is none. */
export function summaryOf(name: string, procedure: ProcedureInfo): string {
  const [sentence = ''] = /^.*?[.:](?=\s|$)/s.exec(descriptionOf(procedure)) ?? [];
  return sentence === '' ? name : sentence.replaceAll(/[`*]|[.:]$/g, '').replaceAll(/\s+/g, ' ');
}

/** Removes links between pages of the docs, which the document cannot reach. */
const withoutPageLinks = (text: string): string =>
  text.replaceAll(/\[([^\]]+)\]\([\w./-]+\.md(?:#[\w-]+)?\)/g, '$1');
