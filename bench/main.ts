import { cpus } from 'node:os';
import { watchActive } from './active.ts';
import { compareEcho } from './echo.ts';
import { untilTheEnd } from './ending.ts';
import { compareGuards } from './guard.ts';
import { measurePair } from './pair.ts';
import { FULL, type Plan, QUICK } from './plan.ts';
import { measureSigning } from './signing.ts';
import { soak } from './soak.ts';
import { compareVerify } from './verify.ts';
import { measureWritten } from './written.ts';

/** The parts of a run, in their order; those named on the command line alone are run. */
const PARTS: Record<string, (plan: Plan) => Promise<void>> = {
  sign: measureSigning,
  echo: compareEcho,
  guard: compareGuards,
  verify: compareVerify,
  active: watchActive,
  written: measureWritten,
  pair: measurePair,
  // The last, since it hastens the clock.
  soak,
};

/** What is run where it is named alone: what docs/scaling.md reckons with. */
const ON_DEMAND = ['written', 'pair'];

const given = process.argv.slice(2);
const chosen = given.filter((word) => word !== '--quick');
const unknown = chosen.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no "${unknown}": npm run bench -- [--quick] [${Object.keys(PARTS).join('] [')}]`);
  process.exit(2);
}

await untilTheEnd(async () => {
  const plan = given.includes('--quick') ? QUICK : FULL;
  console.log(`${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.version}`);
  for (const [name, run] of Object.entries(PARTS)) {
    if (chosen.length === 0 ? !ON_DEMAND.includes(name) : chosen.includes(name)) await run(plan);
  }
});
