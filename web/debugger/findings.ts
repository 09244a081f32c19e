import { isStandardBase } from '../../client/signing/compare-signature-bases.ts';
import { hasRedactions, redactBase } from '../../shared/http-signature/redact-base.ts';
import { type CommonMistake, findCommonMistake, findStandardMistake } from './common-mistakes.ts';
import { diagnoseLine, type Why } from './diagnose-line.ts';
import { expectedBase, signatureParts } from './expected-base.ts';
import {
  type BaseProblem,
  linesOfNoForm,
  problemsOfBase,
  problemsOfLines,
  problemsOfRequest,
  type RequestProblem,
} from './form-problems.ts';
import { parsePasted } from './pasted-request.ts';
import type { PastedRequest } from './request-parts.ts';
import { expectedStandard, isStandard, type StandardProblem } from './standard-base.ts';

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
  readonly problems: readonly (RequestProblem | BaseProblem | StandardProblem)[];
  /** With RFC 9421: the components that the signature must cover, and does not. */
  readonly missing: readonly string[];
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
  const own = pasted.trim() === '' ? null : pasted.trimStart();
  const received = read?.kind === 'base' ? read.base : null;
  if (request ? isStandard(request) : isStandardBase(received ?? own ?? ''))
    return standardFindings(request, received, own, secret.trim());
  const keyseals = received ?? (request && (await expectedBase(request)));
  const suspect =
    request && keyseals && secret.trim() !== ''
      ? await suspected(keyseals, secret.trim(), request)
      : undefined;
  return {
    kind: kindOf(own, keyseals),
    problems: [...(request ? problemsOfRequest(request) : []), ...(own ? problemsOfBase(own) : [])],
    missing: [],
    base: own ?? keyseals ?? '',
    keyseals: own === null ? null : keyseals,
    whys: own !== null && keyseals !== null ? await whysOf(own, keyseals, request) : {},
    noForm: own !== null && keyseals === null ? linesOfNoForm(own) : [],
    suspect,
  };
}

/** The same for the form of RFC 9421, whose lines are those that the signature lists. */
async function standardFindings(
  request: PastedRequest | null,
  received: string | null,
  own: string | null,
  secret: string,
): Promise<Findings> {
  const expected = request && (await expectedStandard(request, own));
  const keyseals = received ?? expected?.base ?? null;
  const ofRequest = request ? problemsOfRequest(request).filter((name) => !OF_V1.includes(name)) : [];
  // If one base hides its secrets, as the service and the client show it, equal lines of the other must stay equal.
  const hides = [own, keyseals].some((base) => base !== null && hasRedactions(base));
  const shown = (base: string | null) => (base !== null && hides ? redactBase(base) : base);
  const [ours, theirs] = [shown(own), shown(keyseals)];
  const differing = ours !== null && theirs !== null ? linesThatDiffer(ours, theirs) : [];
  const isWhole = expected !== null && !expected.problems.includes('standardAbsent');
  const suspect =
    isWhole && keyseals && secret !== ''
      ? await findStandardMistake(keyseals, secret, expected.sent)
      : undefined;
  return {
    kind: kindOf(own, keyseals),
    problems: [...ofRequest, ...(expected?.problems ?? []), ...(own ? problemsOfLines(own) : [])],
    missing: expected?.missing ?? [],
    base: ours ?? theirs ?? '',
    keyseals: own === null ? null : theirs,
    whys: Object.fromEntries(differing.map((line) => [line, 'other'])),
    noForm: [],
    suspect,
  };
}

/** Problems of `x-signature`, which such a request does not have. */
const OF_V1: readonly RequestProblem[] = ['noSignature'];

function kindOf(own: string | null, keyseals: string | null): Findings['kind'] {
  if (own === null) return 'built';
  return keyseals === null ? 'alone' : 'compared';
}

/** The numbers of the lines that differ, from 1. */
function linesThatDiffer(own: string, keyseals: string): number[] {
  const [ours, theirs] = [own.trimEnd().split('\n'), keyseals.split('\n')];
  const count = Math.max(ours.length, theirs.length);
  return Array.from({ length: count }, (_, at) => at).flatMap((at) =>
    ours[at] === theirs[at] ? [] : [at + 1],
  );
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
