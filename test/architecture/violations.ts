import { posix } from 'node:path';
import { type Import, importsOf, isBarrel, passesOnAll } from './imports.ts';
import { APART, FOLDER_ORDER, LAYERS, PUBLIC_SURFACES } from './layers.ts';

/** Paths from the project's root, with slashes, and their texts. */
export type Sources = ReadonlyMap<string, string>;

const NAMELESS = /(^|\/)(utils?|helpers?)(\.ts|\/)/;

/** The files of each import cycle, types included, in the order in which they import each other. */
export function cycles(sources: Sources): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path);
    if (seen >= 0) found.push(trail.slice(seen));
    if (seen >= 0 || done.has(path)) return;
    for (const target of targetsOf(path, sources)) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}

function targetsOf(path: string, sources: Sources): string[] {
  return importsOf(sources.get(path) ?? '').flatMap(({ specifier }) => {
    const target = specifier?.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
    return target !== null && target !== path && sources.has(target) ? [target] : [];
  });
}

/** A sentence for every import that the rules do not allow. */
export function violations(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => [
    ...wrongInItself(path, text),
    ...importsOf(text).flatMap((one) => wrongImport(path, one, sources) ?? []),
  ]);
}

function wrongInItself(path: string, text: string): string[] {
  const wrong: string[] = [];
  if (layerOf(path) === null) wrong.push(`${path} belongs to no layer`);
  if (NAMELESS.test(path)) wrong.push(`${path} has a name that does not say what it is about`);
  if (passesOnAll(text)) wrong.push(`${path} passes on all of another file`);
  if (isBarrel(text) && !PUBLIC_SURFACES.includes(path)) wrong.push(`${path} is a barrel`);
  return wrong;
}

function wrongImport(path: string, { specifier, typeOnly }: Import, sources: Sources): string | null {
  const from = layerOf(path);
  if (from === null) return null;
  if (specifier === null) return `${path} computes what it imports`;
  if (!specifier.startsWith('.')) return wrongOutside(path, from, specifier);
  const target = posix.join(posix.dirname(path), specifier);
  const to = layerOf(target);
  if (to === null) return `${path} imports ${target}, which belongs to no layer`;
  if (target.endsWith('.ts') && !sources.has(target))
    return `${path} imports ${target}, which does not exist`;
  if (to === from) return wrongInLayer(path, target, from);
  const allowed = LAYERS[from]?.imports ?? [];
  if (allowed.includes(to) || (typeOnly && allowed.includes(`types of ${to}`))) return null;
  return `${path} imports ${target}: ${from} may not import ${typeOnly ? 'types of ' : ''}${to}`;
}

/** Both files are in the same layer. */
function wrongInLayer(path: string, target: string, layer: string): string | null {
  const [folder, other] = [folderOf(path), folderOf(target)];
  if (folder === other) return null;
  if (APART.includes(layer)) return `${path} imports ${target}: a ${layer} imports no other`;
  const order = FOLDER_ORDER[layer];
  if (order === undefined || placeOf(folder, order) < placeOf(other, order)) return null;
  return `${path} imports ${target}: ${folder} may not import ${other}`;
}

/** The place of a folder in the order of its layer; -1 for a folder that has none. */
function placeOf(folder: string, order: readonly string[]): number {
  return order.indexOf(folder.split('/')[1] ?? '');
}

function wrongOutside(path: string, from: string, specifier: string): string | null {
  const outside = LAYERS[from]?.outside;
  const refused = outside === 'nothing' || (outside === 'no node:' && specifier.startsWith('node:'));
  return refused ? `${path} imports ${specifier}: ${from} takes ${outside} from outside` : null;
}

function layerOf(path: string): string | null {
  return Object.keys(LAYERS).find((layer) => LAYERS[layer]?.files.test(path)) ?? null;
}

function folderOf(path: string): string {
  return posix.dirname(path).split('/').slice(0, 2).join('/');
}
