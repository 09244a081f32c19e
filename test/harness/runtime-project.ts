import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder } from './fresh.ts';
import { lend, packClient, unpack } from './packed.ts';

const PROGRAMS = [
  'runtime-calls.mjs',
  'runtime-client.mjs',
  'runtime-end.mjs',
  'runtime-guards.mjs',
  'runtime-worker.mjs',
];

/** What the calls of runtime-calls.mjs return in every runtime. */
export const RIGHT = {
  signedForm: 4,
  signedBlob: 4,
  signedBytes: 4,
  signedBuffer: 4,
  signedView: 2,
  signedStream: 4,
  signedFile: 4,
  signedEmpty: 0,
  query: "Hello, O'Neill é!",
  batch: 2,
  mutation: 'é',
  form: 4,
  blob: 4,
  bytes: 4,
  tick: 1,
  refusal: 'KEY_NOT_FOUND',
  timeout: 'TimeoutError',
};

/** The packed client in a project of its own, with the programs that call with it. @returns the folder */
export async function runtimeProject(): Promise<string> {
  const folder = await freshFolder();
  await unpack(await packClient(), folder, '@keyseal/client');
  await lend(folder, ['@trpc', 'eventsource', 'eventsource-parser', 'express', 'hono']);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of PROGRAMS) await copyFile(join(import.meta.dirname, name), join(folder, name));
  return folder;
}
