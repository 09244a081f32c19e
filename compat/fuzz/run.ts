import { randomOf } from '../../bench/simulation/random.ts';
import type { Way } from '../cells.ts';
import { AT_ONCE, DIRECT, type Scene } from '../matrix.ts';
import { exchange, PATIENCE_MS } from './exchange.ts';
import { HONEST_PATIENCE_MS, honestAnswer } from './honest-answer.ts';
import { fuzzHttp2, http2SummaryOf } from './http2-run.ts';
import { listed } from './listed.ts';
import { MUTATIONS } from './mutations.ts';
import { bytesOfRaw, type RawRequest, rawOf } from './raw-request.ts';
import { probeSample, randomSigner, type Sample } from './samples.ts';
import { classifyAnswer, type Verdict } from './verdict.ts';

/** There are fewer HTTP/2 mutations. */
const HTTP2_SHARE = 1 / 3;
/** Of the runs that must come out the same. */
export const FIXED_SEED = 14;

/** What became of the requests through one proxy, compared with the direct way. */
export interface FuzzReport {
  readonly requests: number;
  /** The same verdict both ways. */
  alike: number;
  /** Refused both ways, for different reasons. */
  refusedOtherwise: number;
  /** Mutations that the proxy undid, so that the request was admitted as signed, by how often. */
  readonly repaired: Map<string, number>;
  /** Mutations whose requests were admitted only directly. */
  readonly refusedHere: Map<string, number>;
  /** What must not happen: empty. */
  readonly complaints: string[];
}

/** Changed requests through every proxy of a scene. @returns what must not happen, each in a sentence */
export async function fuzzAll(
  scene: Scene,
  seed: number,
  requests: number,
  print: (line: string) => void,
): Promise<string[]> {
  print(`\n${requests} changed requests through each proxy, seed ${seed}:\n`);
  const complaints: string[] = [];
  const ways = scene.ways.filter(({ name }) => name !== DIRECT);
  const work = async () => {
    for (let way = ways.shift(); way; way = ways.shift()) {
      const { summary, complaints: own } = await fuzzWay(scene, way, seed, requests);
      print(`- ${way.name}: ${summary}`);
      complaints.push(...own.map((one) => `${way.name}, seed ${seed}: ${one}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return complaints;
}

async function fuzzWay(scene: Scene, way: Way, seed: number, requests: number) {
  if (way.ca !== undefined) {
    const report = await fuzzHttp2(scene, way, way.ca, seed, Math.ceil(requests * HTTP2_SHARE));
    return { summary: http2SummaryOf(report), complaints: report.complaints };
  }
  const report = await fuzz(scene, way, seed, requests);
  return { summary: summaryOf(report), complaints: report.complaints };
}

/** Sends each request directly and through a proxy, signed twice, and compares the verdicts. */
export async function fuzz(
  { subject, ways }: Scene,
  way: Way,
  seed: number,
  requests: number,
): Promise<FuzzReport> {
  const report: FuzzReport = {
    ...{ requests, alike: 0, refusedOtherwise: 0, complaints: [] },
    ...{ repaired: new Map(), refusedHere: new Map() },
  };
  const random = randomOf(seed);
  const authority = new URL(ways[0]?.url ?? '').host;
  const port = Number(new URL(way.url).port);
  const names = Object.keys(MUTATIONS);
  for (let n = 0; n < requests; n++) {
    const signer = randomSigner(random, subject.key, authority);
    // Every mutation before one comes again.
    const name = names[n % names.length] ?? 'none';
    const change = random();
    const changed = (sample: Sample) =>
      MUTATIONS[name]?.(rawOf(sample.draft), randomOf(change * 2 ** 31)) as RawRequest;
    const [first, second] = [signer(), signer()];
    const direct = await verdictOf(subject.port, changed(first), first);
    const raw = changed(second);
    const through = await verdictOf(port, raw, second);
    count(report, name, direct, through);
    const complain = (words: string) => report.complaints.push(`${name}, request ${n}: ${words}`);
    if (direct.kind === 'something else') complain(`directly admitted as something else: ${direct.words}`);
    if (through.kind === 'something else') complain(`admitted as something else: ${through.words}`);
    if (through.kind === 'as signed') {
      const replay = await verdictOf(port, raw, second);
      if (replay.kind !== 'refused') complain(`admitted twice: ${replay.words}`);
    }
    const poisoned = await probe(port, probeSample(subject.key, authority));
    if (poisoned !== null) complain(`the next request got ${poisoned}`);
  }
  return report;
}

const verdictOf = async (port: number, raw: RawRequest, sample: Sample): Promise<Verdict> =>
  classifyAnswer(await exchange(port, bytesOfRaw(raw), raw.cutShort, PATIENCE_MS), sample);

function count(report: FuzzReport, name: string, direct: Verdict, through: Verdict): void {
  if (direct.kind === through.kind && (direct.kind === 'as signed' || direct.words === through.words)) {
    report.alike++;
    return;
  }
  if (direct.kind === through.kind) {
    report.refusedOtherwise++;
    return;
  }
  const map = through.kind === 'as signed' ? report.repaired : report.refusedHere;
  map.set(name, (map.get(name) ?? 0) + 1);
}

/** An honest request after a changed one: null if it gets its own response. */
const probe = (port: number, sample: Sample): Promise<string | null> =>
  honestAnswer(() => exchange(port, bytesOfRaw(rawOf(sample.draft)), false, HONEST_PATIENCE_MS), sample);

function summaryOf({ alike, refusedOtherwise, repaired, refusedHere }: FuzzReport): string {
  return `${alike} with the same verdict, ${refusedOtherwise} refused for another reason. Refused here alone: ${listed(refusedHere)}. Admitted as signed here alone: ${listed(repaired)}.`;
}
