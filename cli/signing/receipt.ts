import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ReceiptUnverified, type VerifiedReceipt, verifyReceipt } from '../../client/verify-receipt.ts';
import { CHAIN_START } from '../../shared/http-signature/receipt.ts';
import { CommandError } from '../output/failure.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';

export function addReceipt(program: Command): void {
  const receipt = program
    .command('receipt')
    .description('Verify receipts: proofs of calls and their responses');
  withJson(receipt.command('verify'))
    .description('Verify saved receipts without the service: request, response, and position in the chain')
    .argument('<file...>', 'a receipt, as the client saved it')
    .requiredOption(
      '--keys <directory>',
      "a copy of the service's /.well-known/http-message-signatures-directory, as JSON",
    )
    .action(verifyCommand);
}

interface VerifyOptions extends JsonOption {
  readonly keys: string;
}

async function verifyCommand(files: readonly string[], { keys, ...options }: VerifyOptions): Promise<void> {
  const directory = readDirectory(await read(keys), keys);
  const receipts: VerifiedReceipt[] = [];
  for (const file of files) {
    const bytes = await read(file);
    receipts.push(await verifyReceipt(bytes, directory).catch((error: unknown) => fail(file, error)));
  }
  const contradiction = contradictionIn(receipts);
  if (contradiction !== null) throw new CommandError(contradiction);
  printResult(options, { receipts }, receipts.map(describeReceipt).join('\n\n'));
}

async function read(file: string): Promise<Buffer> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read: ${error.code ?? error.message}.`);
  });
}

function readDirectory(bytes: Buffer, file: string): Parameters<typeof verifyReceipt>[1] {
  try {
    const directory = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(Object(directory).keys)) return directory;
  } catch {
    // Handled below, with the same sentence as for JSON that is not a directory.
  }
  throw new CommandError(
    `${file} is not a directory of keys: save /.well-known/http-message-signatures-directory of the service.`,
  );
}

function fail(file: string, error: unknown): never {
  if (!(error instanceof ReceiptUnverified)) throw error;
  throw new CommandError(`${file} could not be verified. ${error.message}`, undefined, {
    problem: error.problem,
  });
}

const describeReceipt = ({ workspace, sequence, time, previous, link, request, response }: VerifiedReceipt) =>
  [
    `Receipt ${sequence} of ${workspace}, ${new Date(time * 1000).toISOString()}`,
    `  request   ${request.method} ${request.url}, signed by ${request.keyId}`,
    `  response  ${response.status}`,
    `  previous  ${previous}`,
    `  link      ${link}`,
  ].join('\n');

/**
 * Why receipts cannot all be true: two of one workspace have the same number, or one does not follow the one before it. Null if
 * they agree. A receipt whose neighbors are missing is not compared.
 */
function contradictionIn(receipts: readonly VerifiedReceipt[]): string | null {
  const nameOf = (workspace: string, sequence: number) => `${workspace} ${sequence}`;
  const known = new Map(receipts.map((receipt) => [nameOf(receipt.workspace, receipt.sequence), receipt]));
  for (const { workspace, sequence, previous, time, link } of receipts) {
    if (known.get(nameOf(workspace, sequence))?.link !== link)
      return `Two different receipts of ${workspace} have the number ${sequence}.`;
    const before = known.get(nameOf(workspace, sequence - 1));
    const follows = before ? before.link === previous && before.time <= time : true;
    if (!follows || (sequence === 1) !== (previous === CHAIN_START))
      return `Receipt ${sequence} of ${workspace} does not follow the receipt before it.`;
  }
  return null;
}
