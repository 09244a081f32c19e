import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInApi } from '../../server/app/router.ts';
import { compareContracts, newBreaks } from './changes.ts';
import { committedContract } from './history.ts';
import { type Break, CONTRACT, type Contract, contractOf, ROOT, recordedContract } from './recorded.ts';

const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

// npm run contract [-- --breaking "why"]: records the contract as it is now.

const { breaking } = parseArgs({ options: { breaking: { type: 'string' } } }).values;
const today = contractOf(builtInApi);
const recorded = existsSync(join(ROOT, CONTRACT)) ? recordedContract() : null;
const before = committedContract() ?? recorded;
const changes = before ? compareContracts(before, { ...today, breaks: [] }) : [];
/** What was broken on purpose since the last commit. */
const known = recorded && before ? newBreaks(recorded, before) : [];
const broken: Break[] = changes
  .filter(({ breaks }) => breaks)
  .map(({ what }) => known.find((one) => one.what === what) ?? { what, why: breaking ?? '' });

for (const { what, breaks } of changes) console.log(breaks ? `breaks clients: ${what}` : what);
if (broken.some(({ why }) => why === '')) {
  console.error('Nothing is recorded. To break clients on purpose: npm run contract -- --breaking "why"');
  process.exitCode = 1;
} else {
  const contract: Contract = { breaks: [...(before?.breaks ?? []), ...broken], ...today };
  writeFileSync(join(ROOT, CONTRACT), JSON.stringify(contract));
  // A line for a field wherever it fits, so that a diff shows what changed.
  execFileSync(process.execPath, [BIOME, 'format', '--write', CONTRACT], { cwd: ROOT });
}
