import type { Command } from 'commander';
import { EXIT } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import type { DoctorCheck } from './check.ts';
import { runDoctorChecks } from './checks.ts';

export function addDoctor(program: Command): void {
  withJson(program.command('doctor'))
    .description(
      'Check configuration, data directory, database, schema, clock and master keys, and say how to fix each problem. It leaves everything as it was',
    )
    .action(doctor);
}

const MARK: Record<DoctorCheck['state'], string> = { right: '✓', wrong: '✗', unknown: '?' };

async function doctor(options: JsonOption): Promise<void> {
  const findings = await runDoctorChecks(process.env);
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  const lines = findings.flatMap(({ state, name, found, fix }) => [
    `${MARK[state]} ${name}: ${found}`,
    ...(fix ? [`  → ${fix}`] : []),
  ]);
  printResult(options, { ok: wrong === 0, findings }, [...lines, lastLine(findings)].join('\n'));
  if (wrong > 0) process.exitCode = EXIT.failed;
}

function lastLine(findings: readonly DoctorCheck[]): string {
  const count = (wanted: DoctorCheck['state']) => findings.filter(({ state }) => state === wanted).length;
  const [wrong, unknown] = [count('wrong'), count('unknown')];
  const found = wrong === 0 ? [] : [`${wrong} problem${wrong === 1 ? '' : 's'} to fix.`];
  const unclear = unknown === 0 ? [] : [`${unknown} finding${unknown === 1 ? '' : 's'} to review, marked ?.`];
  return [...found, ...unclear].join(' ') || 'No problems found.';
}
