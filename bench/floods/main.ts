import { untilTheEnd } from '../ending.ts';
import { describeMachine } from '../machine.ts';
import { readCommand } from './command.ts';
import { ramp } from './ramp.ts';
import { recordFloods } from './record.ts';
import { type FloodRow, holds } from './row.ts';
import { runFlood } from './run.ts';
import { FLOOD_HEAD, floodLine } from './table.ts';

const { floods, databases, stretch, record, ramp: ramps } = readCommand();

await untilTheEnd(async () => {
  if (ramps) return ramp(databases, stretch);
  const rows: FloodRow[] = [];
  console.log(FLOOD_HEAD);
  for (const flood of floods) {
    for (const database of databases) {
      const row = await runFlood(flood, database, stretch);
      rows.push(row);
      console.log(floodLine(row));
    }
  }
  const failed = rows.filter((row) => !holds(row));
  console.log(`\n${rows.length - failed.length} of ${rows.length} hold.`);
  if (record) recordFloods(rows, describeMachine(false));
});
