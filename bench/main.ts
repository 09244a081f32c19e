import { watchActive } from './active.ts';
import { admitInProcess } from './admit.ts';
import { claimTogether } from './claims.ts';
import { readCommand } from './command.ts';
import { canPin } from './cores.ts';
import { compareEcho } from './echo.ts';
import { untilTheEnd } from './ending.ts';
import { compareGuards } from './guard.ts';
import { loadIndependently } from './independent.ts';
import { describeMachine } from './machine.ts';
import { holdNonces } from './nonces.ts';
import { measurePair } from './pair.ts';
import type { Plan } from './plan.ts';
import { keepLatest, readRecorded, record } from './record.ts';
import type { Measured, Part } from './result.ts';
import { measureSigning } from './signing.ts';
import { soak } from './soak.ts';
import { measureStart } from './start.ts';
import { comparison } from './table.ts';
import { compareVerify } from './verify.ts';
import { measureWritten } from './written.ts';

/** The parts of a run, in their order; named on the command line, they alone are run. */
const PARTS: Record<string, (plan: Plan) => Promise<Part>> = {
  echo: compareEcho,
  guard: compareGuards,
  sign: measureSigning,
  admit: admitInProcess,
  nonces: holdNonces,
  verify: compareVerify,
  claims: claimTogether,
  start: measureStart,
  independent: loadIndependently,
  active: watchActive,
  written: measureWritten,
  pair: measurePair,
  soak,
};
/** Run only where they are named. */
const NAMED = ['independent', 'active', 'written', 'pair', 'soak'];

const { chosen, plan, keep } = readCommand(Object.keys(PARTS), NAMED);

await untilTheEnd(async () => {
  const machine = describeMachine(canPin);
  console.log(`${machine.cores} cores of ${machine.cpu}, Node ${machine.node}`);
  if (!canPin) console.log('taskset is not there, or one core is all: nothing is pinned.');
  const recorded = readRecorded();
  const result: Record<string, Measured> = {};
  for (const name of chosen) {
    const begun = performance.now();
    const part = await PARTS[name]?.(plan);
    if (!part) continue;
    const seconds = Math.round((performance.now() - begun) / 1000);
    const measured = { ...part, date: new Date().toISOString(), quick: plan.quick, machine };
    result[name] = measured;
    keepLatest(result);
    console.log(`\n## ${name} (${seconds} s)\n\n${comparison(measured, recorded[name])}`);
  }
  if (keep) record(result);
});
