import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { Variables } from '../server/lib/env-schema.ts';
import { documentOf } from '../server/openapi/document.ts';
import { type Brand, DEFAULT_BRAND } from '../shared/brand.ts';
import type { LoadApi } from './load-api.ts';
import { CommandError, EXIT } from './output/failure.ts';
import { type JsonOption, printResult, withJson } from './output/print-result.ts';

export function addOpenapi(program: Command, loadApi: LoadApi): void {
  withJson(program.command('openapi'))
    .description('Write the description of the API in OpenAPI 3.1, as the service serves it at /openapi.json')
    .option(
      '--origin <url>',
      'the URL of the service; default: the first of KEYSEAL_PUBLIC_ORIGINS, else /, relative to the URL of the document',
    )
    .option('--out <file>', 'write to this file instead of standard output')
    .action((options: OpenapiOptions) => write(options, loadApi));
}

interface OpenapiOptions extends JsonOption {
  readonly origin?: string;
  readonly out?: string;
}

async function write({ origin, out, json = false }: OpenapiOptions, loadApi: LoadApi): Promise<void> {
  const document = documentOf(await loadApi(), serverOf(origin), configuredBrand());
  const text = JSON.stringify(document, null, json ? 0 : 2);
  if (out === undefined) return void process.stdout.write(`${text}\n`);
  const file = resolve(out);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
  const procedures = Object.keys(document.paths).length;
  printResult({ json }, { file, procedures }, `${procedures} procedures: ${file}`);
}

/** Reads only this part of the configuration: a build has no secrets. */
function serverOf(given: string | undefined): string {
  const { KEYSEAL_PUBLIC_ORIGINS: origins } = Variables.shape;
  if (given === undefined) return origins.safeParse(process.env['KEYSEAL_PUBLIC_ORIGINS']).data?.[0] ?? '/';
  const origin = origins.safeParse(given).data?.[0];
  if (origin === undefined)
    throw new CommandError(`"${given}" is not an origin such as https://api.example.com.`, EXIT.usage);
  return origin;
}

/** Only these variables, for the same reason. */
function configuredBrand(): Brand {
  const { KEYSEAL_BRAND: prefix, KEYSEAL_BRAND_NAME: name } = Variables.shape;
  return {
    name: name.safeParse(process.env['KEYSEAL_BRAND_NAME']).data ?? DEFAULT_BRAND.name,
    keyPrefix: prefix.safeParse(process.env['KEYSEAL_BRAND']).data ?? DEFAULT_BRAND.keyPrefix,
  };
}
