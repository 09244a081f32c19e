import { get } from 'node:http';

/** A scrape of `/metrics`, parsed by Prometheus' text format 0.0.4. */
export interface Exposition {
  readonly text: string;
  /** By the name of a metric. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of the samples with all of these labels; 0 if there is none. */
  sum(name: string, labels?: Record<string, string>): number;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const TYPE = /^# TYPE ([a-z_0-9]+) (counter|gauge|histogram|summary)$/;
const SAMPLE = /^([a-z_0-9]+)(?:\{(.*)\})? (NaN|Nan|[+-]?(?:Inf|[\d.eE+-]+))$/;
const LABEL = /([a-z_0-9]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** Scrapes a port. @throws if a line is not of the format */
export async function scrape(port: number): Promise<Exposition> {
  return parseExposition(await textOf(port));
}

/** The growth of each series of a metric while something runs, by the values of its labels; without those that did not grow. */
export async function growth(
  port: number,
  name: string,
  run: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await scrape(port);
  await run();
  const after = await scrape(port);
  const grown = after.samples
    .filter((one) => one.name === name)
    .map(({ labels, value }) => [Object.values(labels).join(' '), value - before.sum(name, labels)] as const);
  return Object.fromEntries(grown.filter(([, by]) => by !== 0));
}

/** The growth of the series of a metric that have these labels, summed. */
export function since(
  before: Exposition,
  after: Exposition,
  name: string,
  labels?: Record<string, string>,
): number {
  return after.sum(name, labels) - before.sum(name, labels);
}

function textOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/metrics', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`/metrics: ${response.statusCode}`)),
      );
    }).once('error', reject);
  });
}

function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const type = TYPE.exec(line);
    if (type) {
      if (types.has(type[1] as string)) throw new Error(`two metrics have the name ${type[1]}`);
      types.set(type[1] as string, type[2] as string);
    } else if (line !== '' && !line.startsWith('# HELP ')) samples.push(sampleOf(line));
  }
  const sum = (name: string, labels: Record<string, string> = {}) =>
    samples
      .filter((one) => one.name === name)
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);
  return { text, types, samples, sum };
}

function sampleOf(line: string): Sample {
  const [, name, inner = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no line of the format: ${line}`);
  const labels = [...inner.matchAll(LABEL)];
  if (labels.map(([all]) => all).join('') !== inner) throw new Error(`labels that cannot be read: ${line}`);
  return {
    name,
    labels: Object.fromEntries(labels.map(([, label = '', text = '']) => [label, text])),
    value: Number(value.replace('Inf', 'Infinity')),
  };
}
