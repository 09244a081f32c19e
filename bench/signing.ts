import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { launch } from '../test/harness/browser.ts';
import { atTheEnd, takeSignals } from './ending.ts';
import { forkFile } from './forked.ts';
import type { Plan } from './plan.ts';
import type { Took } from './rounds.ts';
import { spreadOf, spreadText } from './spread.ts';

/** What the client adds to a request, in Node and in Chromium. */
export async function measureSigning({ sign: { rounds, calls } }: Plan): Promise<void> {
  console.log(
    `\nsigning a POST of small JSON: microseconds for each (median of ${rounds} rounds, least to most)\n`,
  );
  const node = await forkFile(new URL('./signers/node.js', import.meta.url));
  for (const inFlight of [1, 32]) {
    for (const kind of ['unsigned', 'signed']) {
      await node.ask<Took>({ kind, calls, inFlight });
      const took = [];
      for (let round = 0; round < rounds; round++) took.push(await node.ask<Took>({ kind, calls, inFlight }));
      const name = `Node, ${inFlight} in flight, ${kind === 'signed' ? 'signed' : 'made alone'}`;
      print(
        name,
        took.map(({ wall }) => (wall * 1e6) / calls),
      );
      print(
        '  of CPU',
        took.map(({ cpu }) => (cpu * 1e6) / calls),
      );
    }
  }
  await node.stop();

  const sign = await inBrowser();
  if (!sign) return console.log('Chromium is not there: left out');
  await sign(calls);
  const took = [];
  for (let round = 0; round < rounds; round++) took.push(await sign(calls));
  print('Chromium, one after the other, signed', took);
}

const print = (name: string, microseconds: number[]) =>
  console.log(`${name.padEnd(40)} ${spreadText(spreadOf(microseconds))}`);

/** The client as a page has it: bundled. Null where there is no browser. */
async function inBrowser(): Promise<((calls: number) => Promise<number>) | null> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./signers/browser.js', import.meta.url)),
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  const browser = await launch().catch(() => null);
  if (!browser) return null;
  atTheEnd(() => browser.close());
  takeSignals();
  const page = await browser.newPage();
  // A page of localhost has WebCrypto; nothing is asked of the network.
  await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto('http://localhost/');
  await page.addScriptTag({ content: output[0].code });
  return (calls) => page.evaluate(`sign(${calls})`);
}
