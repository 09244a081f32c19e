import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { launch } from '../../test/harness/browser.ts';
import type { RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import { handleSignals, onCleanup } from '../processes/cleanup.ts';
import { forkFile } from '../processes/forked.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';

/** The client's overhead for a request, in Node and in Chromium. */
export async function measureSigning({ sign: { rounds, calls } }: Plan): Promise<Part> {
  const rows: Row[] = [];
  const node = await forkFile(new URL('../processes/signers/node.js', import.meta.url));
  for (const inFlight of [1, 32]) {
    for (const [kind, said] of Object.entries(KINDS)) {
      const name = `Node, ${inFlight} in flight, ${said}`;
      const took = await repeat(rounds, () => node.request<RoundCost>({ kind, calls, inFlight }));
      rows.push(
        rowOf(
          name,
          'µs',
          took.map(({ wall }) => (wall * 1e6) / calls),
        ),
        rowOf(
          `${name}, of CPU`,
          'µs',
          took.map(({ cpu }) => (cpu * 1e6) / calls),
        ),
      );
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

const KINDS = { unsigned: 'the request made alone', signed: 'signed' };

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
