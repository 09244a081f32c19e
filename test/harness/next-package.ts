import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder } from './fresh.ts';

const root = join(import.meta.dirname, '..', '..');

/** The version of the package that `nextPackage` makes. */
export const NEXT_VERSION = '999.0.0';

/** What the next version adds to the schema: everything that a migration may. */
const MIGRATION = `ALTER TABLE "keys" ADD COLUMN "next_note" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "next_note" text;--> statement-breakpoint
CREATE TABLE "next_things" ("id" text PRIMARY KEY NOT NULL, "key_id" text NOT NULL);--> statement-breakpoint
CREATE INDEX "next_index" ON "keys" USING btree ("next_note");`;

/** A copy of the built package, one version and one migration further. @returns its folder */
export async function nextPackage(): Promise<string> {
  const folder = await freshFolder();
  for (const path of ['dist', 'drizzle', 'package.json'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const edit = (path: string, change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(join(folder, path), 'utf8'));
    change(json);
    writeFileSync(join(folder, path), JSON.stringify(json));
  };
  edit('package.json', (manifest) => {
    manifest['version'] = NEXT_VERSION;
  });
  edit('drizzle/migrations/meta/_journal.json', ({ entries }) => {
    const all = entries as { idx: number; when: number; tag: string }[];
    const last = all.at(-1);
    if (last) all.push({ ...last, idx: all.length, when: last.when + 1_000, tag: '9999_next' });
  });
  writeFileSync(join(folder, 'drizzle/migrations/9999_next.sql'), MIGRATION);
  return folder;
}
