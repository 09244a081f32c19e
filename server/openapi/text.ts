import type { ProcedureInfo } from '../rpc/procedure-registry.ts';

/** What a procedure does, as its guard says. Empty where it does not. */
export const descriptionOf = ({ guard: { description = '' } }: ProcedureInfo): string =>
  withoutPageLinks(description);

/** The first sentence of it, as plain text; without one, the name. */
export function summaryOf(name: string, procedure: ProcedureInfo): string {
  const [sentence = ''] = /^.*?[.:](?=\s|$)/s.exec(descriptionOf(procedure)) ?? [];
  return sentence === '' ? name : sentence.replaceAll(/[`*]|[.:]$/g, '').replaceAll(/\s+/g, ' ');
}

/** Links between pages of docs lead nowhere from here. */
const withoutPageLinks = (text: string): string =>
  text.replaceAll(/\[([^\]]+)\]\([\w./-]+\.md(?:#[\w-]+)?\)/g, '$1');
