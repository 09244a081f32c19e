import { readCommand } from './command.ts';
import { watchActive } from './parts/active-keys.ts';
import { admitInProcess } from './parts/admit.ts';
import { claimTogether } from './parts/claims.ts';
import { compareEcho } from './parts/echo.ts';
import { compareForms } from './parts/forms.ts';
import { compareGuards } from './parts/guard.ts';
import { loadIndependently } from './parts/independent.ts';
import { holdNonces } from './parts/nonces.ts';
import { measureOnePort } from './parts/one-port.ts';
import { holdPublicKeys } from './parts/public-keys.ts';
import { measureSigning } from './parts/signing.ts';
import { soak } from './parts/soak.ts';
import { measureStart } from './parts/start.ts';
import { measureTwoInstances } from './parts/two-instances.ts';
import { compareVerify } from './parts/verify.ts';
import { measureWriteCost } from './parts/write-cost.ts';
import type { Plan } from './plan.ts';
import { runAndCleanUp } from './processes/cleanup.ts';
import { canPin } from './processes/cores.ts';
import { takeDisturbance } from './processes/foreign-load.ts';
import { describeMachine } from './report/machine.ts';
import { keepLatest, readRecorded, record } from './report/record.ts';
import { type Measured, missedIn, type Part } from './report/result.ts';
import { comparison } from './report/table.ts';

/** The parts of a run, in their order. If the command line names parts, only these run. */
const PARTS: Record<string, (plan: Plan) => Promise<Part>> = {
  echo: compareEcho,
  independent: loadIndependently,
  forms: compareForms,
  guard: compareGuards,
  sign: measureSigning,
  admit: admitInProcess,
  nonces: holdNonces,
  publicKeys: holdPublicKeys,
  verify: compareVerify,
  claims: claimTogether,
  start: measureStart,
  active: watchActive,
  written: measureWriteCost,
  pair: measureTwoInstances,
  port: measureOnePort,
  soak,
};
/** These run only if they are named. */
const NAMED = ['active', 'written', 'pair', 'port', 'soak'];

const { chosen, plan, keep, dropEarlier } = readCommand(Object.keys(PARTS), NAMED);

await runAndCleanUp(async () => {
  const machine = describeMachine(canPin);
  console.log(`${machine.cores} cores of ${machine.cpu}, Node ${machine.node}`);
  if (!canPin) console.log('taskset is missing, or there is only one core: nothing is pinned.');
  const recorded = readRecorded();
  const result: Record<string, Measured> = {};
  for (const name of chosen) {
    const begun = performance.now();
    takeDisturbance();
    const part = await PARTS[name]?.(plan);
    if (!part) continue;
    const seconds = Math.round((performance.now() - begun) / 1000);
    const measured = {
      ...part,
      date: new Date().toISOString(),
      quick: plan.quick,
      machine,
      disturbance: takeDisturbance(),
    };
    result[name] = measured;
    keepLatest(result);
    console.log(`\n## ${name} (${seconds} s)\n\n${comparison(measured, recorded[name]?.[0])}`);
  }
  if (keep) record(result, dropEarlier);
  if (missedIn(result).length > 0) process.exitCode = 1;
});
