import type { Command } from 'commander';
import { answer, type Json, withJson } from './answer.ts';
import { examine } from './examine.ts';
import { EXIT } from './failure.ts';
import type { Finding } from './finding.ts';

export function addDoctor(program: Command): void {
  withJson(program.command('doctor'))
    .description(
      'Look at configuration, data directory, database, schema, clock and master keys, change nothing, and say what to mend',
    )
    .action(doctor);
}

const MARK: Record<Finding['state'], string> = { right: '✓', wrong: '✗', unknown: '?' };

async function doctor(options: Json): Promise<void> {
  const findings = await examine(process.env);
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  const lines = findings.flatMap(({ state, name, found, mend }) => [
    `${MARK[state]} ${name}: ${found}`,
    ...(mend ? [`  → ${mend}`] : []),
  ]);
  const last = wrong === 0 ? 'Nothing to mend.' : `${wrong} to mend.`;
  answer(options, { ok: wrong === 0, findings }, [...lines, last].join('\n'));
  if (wrong > 0) process.exitCode = EXIT.failed;
}
