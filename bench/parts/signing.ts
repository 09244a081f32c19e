import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { launch } from '../../test/harness/browser.ts';
import type { RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import { handleSignals, onCleanup } from '../processes/cleanup.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import { forkFile } from '../processes/forked.ts';
import type { AimName } from '../report/aims.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';

/** The client's overhead for a request, in Node and in Chromium. */
export async function measureSigning({ sign: { rounds, calls } }: Plan): Promise<Part> {
  const rows: Row[] = [];
  const node = await forkFile(new URL('../processes/signers/node.js', import.meta.url));
  for (const inFlight of [1, 32]) {
    for (const { kind, said, aim } of KINDS) {
      const name = `Node, ${inFlight} in flight, ${said}`;
      const took = await repeat(rounds, () =>
        undisturbed(() => node.request<RoundCost>({ kind, calls, inFlight })),
      );
      const of = (cost: 'wall' | 'cpu') => took.map((round) => (round[cost] * 1e6) / calls);
      rows.push(rowOf(name, 'µs', of('wall')));
      rows.push(rowOf(`${name}, of CPU`, 'µs', of('cpu'), inFlight === 1 ? aim : undefined));
    }
  }
  await node.stop();
  const sign = await inBrowser();
  if (sign) {
    const took = await repeat(rounds, () => sign(calls));
    rows.push(rowOf('Chromium, one after the other, signed', 'µs', took));
  } else console.log('Chromium is not there: left out');
  return { title: `a POST of small JSON signed by the client, ${rounds} rounds`, rows };
}

const KINDS: readonly { readonly kind: string; readonly said: string; readonly aim?: AimName }[] = [
  { kind: 'unsigned', said: 'the request made alone' },
  { kind: 'signed', said: 'signed', aim: 'signRequest' },
  { kind: 'typed', said: 'a typed call signed', aim: 'a typed call signed' },
];

/** One more than reported: the first warms up. */
async function repeat<T>(rounds: number, measure: () => Promise<T>): Promise<T[]> {
  await measure();
  const results: T[] = [];
  while (results.length < rounds) results.push(await measure());
  return results;
}

/** The client as a page has it: bundled. Null if there is no browser. */
async function inBrowser(): Promise<((calls: number) => Promise<number>) | null> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('../processes/signers/browser.js', import.meta.url)),
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  const browser = await launch().catch(() => null);
  if (!browser) return null;
  onCleanup(() => browser.close());
  handleSignals();
  const page = await browser.newPage();
  // A page of localhost has WebCrypto; the route handler keeps it off the network.
  await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto('http://localhost/');
  await page.addScriptTag({ content: output[0].code });
  return (calls) => page.evaluate(`sign(${calls})`);
}
