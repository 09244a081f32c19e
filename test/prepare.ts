import { spawn } from 'node:child_process';

/**
 * What `npm test` does before the tests: the checks and the build, side by side, since each uses one core most of the
 * time. The output of one comes after the other; either that fails ends the run.
 */
const SCRIPTS = ['check', 'build'];

interface Outcome {
  readonly status: number;
  readonly output: string;
}

function run(script: string): Promise<Outcome> {
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm is a batch file on Windows, which only a shell runs.
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: 1, output: `${error}\n` }));
    child.once('close', (code) => resolve({ status: code ?? 1, output }));
  });
}

const outcomes = await Promise.all(SCRIPTS.map(run));
for (const { output } of outcomes) process.stdout.write(output);
process.exitCode = Math.max(...outcomes.map(({ status }) => status));
