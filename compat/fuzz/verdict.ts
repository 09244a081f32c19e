import type { WireAnswer } from './exchange.ts';
import type { Sample } from './samples.ts';

/** What became of a request: admitted as it was signed, as something else, or refused. */
export type Verdict = { readonly kind: 'as signed' | 'something else' | 'refused'; readonly words: string };

/** Classifies a response by what the signed request would get. */
export function classifyAnswer(answer: WireAnswer | null, { expected }: Sample): Verdict {
  if (!answer) return { kind: 'refused', words: 'no answer' };
  const { status, body } = answer;
  const data = resultIn(body);
  if (status >= 400 || data === undefined)
    return { kind: 'refused', words: `${status} ${reasonIn(body)}`.trim() };
  const kind = [data.message, data.text, data.sha256].includes(expected) ? 'as signed' : 'something else';
  return { kind, words: `${status} ${body.slice(0, 200)}` };
}

/** The result of a single call, or of the first of a batch. */
// biome-ignore lint/suspicious/noExplicitAny: a response may be anything
function resultIn(body: string): any {
  try {
    const json = JSON.parse(body);
    return (Array.isArray(json) ? json[0] : json)?.result?.data;
  } catch {
    return;
  }
}

/** The reason of a refusal of ours; empty in a proxy's own response. */
export const reasonIn = (body: string): string => /"reason":"([A-Z_]+)"/.exec(body)?.[1] ?? '';
