import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { CLIENTS } from './clients.ts';
import { FIXED_SEED, fuzzAll } from './fuzz/run.ts';
import { runMatrix, setScene } from './matrix.ts';
import { PROXIES } from './proxies.ts';
import { readCompat, recordCompat, recordedOf, withRest } from './record.ts';
import { failuresOf, matrixTable } from './table.ts';

interface Options {
  readonly record?: true;
  readonly seed: number;
  readonly requests: number;
  readonly require?: true;
  readonly proxy?: string;
  readonly client?: string;
}

/** Any number below; it is printed, so that a run can be repeated. */
const SEEDS = 2 ** 31;

const readSeed = (text: string): number => {
  if (text === 'random') return randomInt(SEEDS);
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number or "random".');
};

const options = new Command('compat')
  .description('Calls Keyseal through every proxy with every client that is installed.')
  .option('--record', 'write the matrix into docs/compatibility.md; what did not run stays')
  .option('--seed <number|random>', 'of the requests that are changed', readSeed, FIXED_SEED)
  .option('--requests <count>', 'changed requests for each proxy', Number, 300)
  .option('--proxy <name>', 'only this proxy, and none')
  .option('--client <name>', 'only this client')
  .option('--require', 'fail if a proxy is not installed')
  .parse()
  .opts<Options>();

// Each proxy has listeners that end it with this process.
process.setMaxListeners(50);

const isPart = options.proxy !== undefined || options.client !== undefined;
const proxies = PROXIES.filter(({ name }) => options.proxy === undefined || name === options.proxy);
const clients = CLIENTS.filter(({ name }) => options.client === undefined || name === options.client);
const scene = await setScene(proxies, clients);
let failures: string[];
try {
  const recorded = recordedOf(scene, await runMatrix(scene));
  console.log(matrixTable(recorded));
  if (options.record) recordCompat(isPart ? withRest(recorded, readCompat()) : recorded);
  const complaints = await fuzzAll(scene, options.seed, options.requests, console.log);
  failures = [...failuresOf(recorded.cells), ...complaints];
  const needed = proxies.flatMap(({ name, tls }) => [name, ...(tls ? [tls.name] : [])]);
  const absent = needed.filter((name) => scene.absent.includes(name));
  if (options.require) failures.push(...absent.map((name) => `${name} is not installed`));
} finally {
  await scene.stop();
}
for (const failure of failures) console.error(`Failed: ${failure}`);
// A heartbeat or a pool may keep the process.
process.exit(failures.length > 0 ? 1 : 0);
