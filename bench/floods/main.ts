import { untilTheEnd } from '../ending.ts';
import { describeMachine } from '../machine.ts';
import { readCommand } from './command.ts';
import { floodOf } from './floods.ts';
import { ramp } from './ramp.ts';
import { recordFloods } from './record.ts';
import { type FloodRow, holds } from './row.ts';
import { runFlood } from './run.ts';
import { floodTable } from './table.ts';

const { floods, databases, stretch, record, ramp: ramps } = readCommand();

await untilTheEnd(async () => {
  if (ramps) return ramp(databases, stretch);
  const rows: FloodRow[] = [];
  for (const flood of floods) {
    for (const database of databases) {
      const row = await runFlood(flood, database, stretch);
      rows.push(row);
      console.log(`${holds(row) ? 'holds' : 'FAILS'}  ${flood} on ${database}: ${floodOf(flood).title}`);
    }
  }
  console.log(`\n${floodTable(rows)}`);
  if (record) recordFloods(rows, describeMachine(false));
});
