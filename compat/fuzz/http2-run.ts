import { randomOf } from '../../bench/simulation/random.ts';
import type { Way } from '../cells.ts';
import type { Scene } from '../matrix.ts';
import { PATIENCE_MS } from './exchange.ts';
import { HONEST_PATIENCE_MS, honestAnswer } from './honest-answer.ts';
import { exchangeHttp2, type Http2Request } from './http2-frames.ts';
import { HTTP2_MUTATIONS, http2Of } from './http2-mutations.ts';
import { listed } from './listed.ts';
import { probeSample, randomSigner, type Sample } from './samples.ts';
import { classifyAnswer, type Verdict } from './verdict.ts';

/** What became of the HTTP/2 requests through one proxy, which passes them on over HTTP/1.1. */
export interface Http2Report {
  readonly requests: number;
  refused: number;
  /** Mutations with which a request was admitted as signed, by how often. */
  readonly admitted: Map<string, number>;
  /** What must not happen: empty. */
  readonly complaints: string[];
}

/** Sends each mutation at least once if there are as many requests. Keyseal itself speaks no HTTP/2, so no direct way is compared. */
export async function fuzzHttp2(
  { subject }: Scene,
  { url }: Way,
  ca: string,
  seed: number,
  requests: number,
): Promise<Http2Report> {
  const report: Http2Report = { requests, refused: 0, admitted: new Map(), complaints: [] };
  const random = randomOf(seed);
  const { host: authority, port } = new URL(url);
  const send = async (request: Http2Request, sample: Sample, patienceMs = PATIENCE_MS): Promise<Verdict> =>
    classifyAnswer(await exchangeHttp2(Number(port), ca, request, patienceMs), sample);
  const probe = async () => {
    const sample = probeSample(subject.key, authority);
    return await honestAnswer(
      () => exchangeHttp2(Number(port), ca, http2Of(sample.draft), HONEST_PATIENCE_MS),
      sample,
    );
  };
  for (const [n, name] of namesOf(requests).entries()) {
    const sample = randomSigner(random, subject.key, authority)();
    const request = HTTP2_MUTATIONS[name]?.(http2Of(sample.draft)) as Http2Request;
    const complain = (words: string) => report.complaints.push(`HTTP/2, ${name}, request ${n}: ${words}`);
    const { kind, words } = await send(request, sample);
    if (kind === 'refused') report.refused++;
    if (kind === 'something else') complain(`admitted as something else: ${words}`);
    if (kind === 'as signed') {
      report.admitted.set(name, (report.admitted.get(name) ?? 0) + 1);
      const replay = await send(request, sample);
      if (replay.kind !== 'refused') complain(`admitted twice: ${replay.words}`);
    }
    const poisoned = await probe();
    if (poisoned !== null) complain(`the next request got ${poisoned}`);
  }
  return report;
}

function namesOf(requests: number): string[] {
  const names = Object.keys(HTTP2_MUTATIONS);
  return Array.from({ length: requests }, (_, n) => names[n % names.length] ?? 'none');
}

export const http2SummaryOf = ({ refused, admitted }: Http2Report): string =>
  `${refused} refused. Admitted as signed: ${listed(admitted)}.`;
