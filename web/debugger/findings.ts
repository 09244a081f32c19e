import { type CommonMistake, findCommonMistake } from './common-mistakes.ts';
import { diagnoseLine, type Why } from './diagnose-line.ts';
import { expectedBase, signatureParts } from './expected-base.ts';
import {
  type BaseProblem,
  linesOfNoForm,
  problemsOfBase,
  problemsOfRequest,
  type RequestProblem,
} from './form-problems.ts';
import { parsePasted } from './pasted-request.ts';
import type { PastedRequest } from './request-parts.ts';

/** What a person pastes. */
export interface Pastes {
  readonly request: string;
  readonly base: string;
  readonly secret: string;
}

/** The result of the analysis. */
export interface Findings {
  /** Whether lines were built for a request, compared with such lines, or analysed by themselves. */
  readonly kind: 'built' | 'compared' | 'alone';
  readonly problems: readonly (RequestProblem | BaseProblem)[];
  /** The base to show; with Keyseal's if both are known. */
  readonly base: string;
  readonly keyseals: string | null;
  /** Why lines differ, by their number. */
  readonly whys: Readonly<Record<number, Why>>;
  /** Lines that cannot occur in any base. */
  readonly noForm: readonly number[];
  /** The mistake behind the signature that was sent; undefined if no secret was given. */
  readonly suspect: CommonMistake | 'right' | null | undefined;
}

/** Analyses what was pasted, here in the browser; null if it contains no request. */
export async function findingsOf({ request: text, base: pasted, secret }: Pastes): Promise<Findings | null> {
  const read = text.trim() === '' ? null : parsePasted(text);
  if (text.trim() !== '' && !read) return null;
  const request = read?.kind === 'request' ? read.request : null;
  const keyseals = read?.kind === 'base' ? read.base : request && (await expectedBase(request));
  const own = pasted.trim() === '' ? null : pasted.trimStart();
  const base = own ?? keyseals ?? '';
  const suspect =
    request && keyseals && secret.trim() !== ''
      ? await suspected(keyseals, secret.trim(), request)
      : undefined;
  return {
    kind: own === null ? 'built' : keyseals === null ? 'alone' : 'compared',
    problems: [...(request ? problemsOfRequest(request) : []), ...(own ? problemsOfBase(own) : [])],
    base,
    keyseals: own === null ? null : keyseals,
    whys: own !== null && keyseals !== null ? await whysOf(own, keyseals, request) : {},
    noForm: own !== null && keyseals === null ? linesOfNoForm(own) : [],
    suspect,
  };
}

function suspected(keyseals: string, secret: string, request: PastedRequest) {
  return findCommonMistake(keyseals, secret, signatureParts(request).s, request);
}

async function whysOf(
  own: string,
  keyseals: string,
  request: PastedRequest | null,
): Promise<Readonly<Record<number, Why>>> {
  const [ours, theirs] = [own.split('\n'), keyseals.split('\n')];
  const whys: Record<number, Why> = {};
  for (const [at, line] of theirs.entries()) {
    const pair = { ours: ours[at] ?? '', keyseals: line };
    if (pair.ours !== line) whys[at + 1] = await diagnoseLine(at + 1, pair, request);
  }
  return whys;
}
