import { en } from '../../shared/procedure-docs/en.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';

/** What a procedure does: as its guard says, or the table of texts. Empty where neither does. */
export function descriptionOf(name: string, { guard }: ProcedureInfo): string {
  if (guard.description !== undefined) return withoutLinks(guard.description);
  return Object.hasOwn(en, name) ? withoutLinks(en[name as keyof typeof en].does) : '';
}

/** The first sentence of it, as plain text; without one, the name. */
export function summaryOf(name: string, procedure: ProcedureInfo): string {
  const [sentence = ''] = /^.*?[.:](?=\s|$)/s.exec(descriptionOf(name, procedure)) ?? [];
  return sentence === '' ? name : sentence.replaceAll(/[`*]|[.:]$/g, '').replaceAll(/\s+/g, ' ');
}

/** Links between pages of docs lead nowhere from here. */
const withoutLinks = (text: string): string =>
  text.replaceAll(/\[([^\]]+)\]\([\w./-]+\.md(?:#[\w-]+)?\)/g, '$1');
