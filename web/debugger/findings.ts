import { isStandardBase } from '../../client/signing/compare-signature-bases.ts';
import { hasRedactions, redactBase } from '../../shared/http-signature/redact-base.ts';
import { quotedBase } from './base-in-json.ts';
import { type CommonMistake, findCommonMistake, findStandardMistake } from './common-mistakes.ts';
import { diagnoseLine, type LineDifference } from './diagnose-line.ts';
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

/** The request and the base that a user pastes. */
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
  /** The base to show, and the one that Keyseal expects if both are known. */
  readonly base: string;
  readonly expected: string | null;
  /** Why lines differ, by their number. */
  readonly differences: Readonly<Record<number, LineDifference>>;
  /** Lines that cannot occur in any base. */
  readonly noForm: readonly number[];
  /** The mistake behind the signature that was sent; undefined if no secret was given. */
  readonly mistake: CommonMistake | 'right' | null | undefined;
}

/** Analyses what was pasted, here in the browser; null if it contains no request. */
export async function findingsOf({ request: text, base: pasted, secret }: Pastes): Promise<Findings | null> {
  const read = text.trim() === '' ? null : parsePasted(text);
  if (text.trim() !== '' && !read) return null;
  const request = read?.kind === 'request' ? read.request : null;
  const pastedBase = pasted.trim() === '' ? null : (quotedBase(pasted) ?? pasted.trimStart());
  const received = read?.kind === 'base' ? read.base : null;
  if (request ? isStandard(request) : isStandardBase(received ?? pastedBase ?? ''))
    return standardFindings(request, received, pastedBase, secret.trim());
  const expected = received ?? (request && (await expectedBase(request)));
  const ofReceived = received === null ? [] : problemsOfBase(received);
  const noForm = linesOfNoForm(pastedBase ?? received ?? expected ?? '');
  const mistake =
    request && expected && secret.trim() !== ''
      ? await findMistake(expected, secret.trim(), request)
      : undefined;
  return {
    kind:
      received !== null && pastedBase === null && noForm.length > 0 ? 'alone' : kindOf(pastedBase, expected),
    problems: [
      ...(request ? problemsOfRequest(request) : []),
      ...new Set([...(pastedBase ? problemsOfBase(pastedBase) : []), ...ofReceived]),
    ],
    missing: [],
    base: pastedBase ?? expected ?? '',
    expected: pastedBase === null ? null : expected,
    differences:
      pastedBase !== null && expected !== null ? await differencesOf(pastedBase, expected, request) : {},
    noForm: request === null && (pastedBase === null || received === null) ? noForm : [],
    mistake,
  };
}

/** The same for RFC 9421, where the signature lists the lines of the base. */
async function standardFindings(
  request: PastedRequest | null,
  received: string | null,
  pastedBase: string | null,
  secret: string,
): Promise<Findings> {
  const standard = request && (await expectedStandard(request, pastedBase));
  const expected = received ?? standard?.base ?? null;
  const ofRequest = request ? problemsOfRequest(request).filter((name) => !OF_V1.includes(name)) : [];
  // If one base hides its secrets, as the service and the client show it, equal lines of the other must stay equal.
  const hides = [pastedBase, expected].some((base) => base !== null && hasRedactions(base));
  const showBase = (base: string | null) => (base !== null && hides ? redactBase(base) : base);
  const [actualShown, expectedShown] = [showBase(pastedBase), showBase(expected)];
  const differing =
    actualShown !== null && expectedShown !== null ? linesThatDiffer(actualShown, expectedShown) : [];
  const isWhole = standard !== null && !standard.problems.includes('standardAbsent');
  const mistake =
    isWhole && expected && secret !== ''
      ? await findStandardMistake(expected, secret, standard.sent)
      : undefined;
  return {
    kind: kindOf(pastedBase, expected),
    problems: [
      ...ofRequest,
      ...(standard?.problems ?? []),
      ...(pastedBase ? problemsOfLines(pastedBase) : []),
    ],
    missing: standard?.missing ?? [],
    base: actualShown ?? expectedShown ?? '',
    expected: pastedBase === null ? null : expectedShown,
    differences: Object.fromEntries(differing.map((line) => [line, 'other'])),
    noForm: [],
    mistake,
  };
}

/** Problems of `x-signature`, which such a request does not have. */
const OF_V1: readonly RequestProblem[] = ['noSignature'];

function kindOf(pastedBase: string | null, expected: string | null): Findings['kind'] {
  if (pastedBase === null) return 'built';
  return expected === null ? 'alone' : 'compared';
}

/** The numbers of the lines that differ, from 1. */
function linesThatDiffer(pastedBase: string, expected: string): number[] {
  const [actualLines, expectedLines] = [pastedBase.trimEnd().split('\n'), expected.split('\n')];
  const count = Math.max(actualLines.length, expectedLines.length);
  return Array.from({ length: count }, (_, at) => at).flatMap((at) =>
    actualLines[at] === expectedLines[at] ? [] : [at + 1],
  );
}

function findMistake(expected: string, secret: string, request: PastedRequest) {
  return findCommonMistake(expected, secret, signatureParts(request).s, request);
}

async function differencesOf(
  pastedBase: string,
  expected: string,
  request: PastedRequest | null,
): Promise<Readonly<Record<number, LineDifference>>> {
  const actualLines = pastedBase.split('\n');
  const differences: Record<number, LineDifference> = {};
  for (const [at, line] of expected.split('\n').entries()) {
    const pair = { actual: actualLines[at] ?? '', expected: line };
    if (pair.actual !== line) differences[at + 1] = await diagnoseLine(at + 1, pair, request);
  }
  return differences;
}
