import { runAndCleanUp } from '../processes/cleanup.ts';
import { describeMachine } from '../report/machine.ts';
import { readCommand } from './command.ts';
import { type FloodRow, holds } from './flood-row.ts';
import { RAMP_HEAD, ramp, rampLine } from './ramp.ts';
import { recordFloods, recordRamp } from './record.ts';
import { runFlood } from './run-flood.ts';
import { FLOOD_HEAD, floodLine } from './table.ts';

const command = readCommand();

await runAndCleanUp(command.ramp ? growFloods : runFloods);

async function runFloods(): Promise<void> {
  const { floods, databases, phases, record } = command;
  const machine = describeMachine(false);
  const rows: FloodRow[] = [];
  console.log(FLOOD_HEAD);
  for (const flood of floods) {
    for (const database of databases) {
      const row = await runFlood(flood, database, phases);
      rows.push(row);
      console.log(floodLine(row));
    }
  }
  console.log(`\n${rows.filter(holds).length} of ${rows.length} hold.`);
  const disturbed = rows.filter((row) => row.disturbed).length;
  if (disturbed > 0) console.log(`${disturbed} prove nothing: the machine was busy with something else.`);
  if (record) recordFloods(rows, machine);
  if (!rows.every(holds)) process.exitCode = 1;
}

async function growFloods(): Promise<void> {
  const { databases, phases, record } = command;
  const machine = describeMachine(false);
  console.log(RAMP_HEAD);
  const rows = await ramp(databases, phases, (row) => console.log(rampLine(row)));
  if (record) recordRamp(rows, machine);
}
