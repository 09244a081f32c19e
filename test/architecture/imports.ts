/** One import of a file, static or dynamic, or a re-export. */
export interface Import {
  /** As written; null where it is computed, so that its value is unknown. */
  readonly specifier: string | null;
  /** Erased when it is built. */
  readonly typeOnly: boolean;
}

/** At the start of a line, as the formatter writes it: text in a comment or an indented string is no import. */
const STATEMENT = /^(import|export)\s+(type\s)?(?:[^'"`;=]*?\sfrom\s*)?(['"])([^'"\n]+)\3/gm;
const CALL = /(typeof\s+)?\bimport\(\s*(?:\/\*.*?\*\/\s*)?(?:(['"`])([^'"`\n$]+)\2)?/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const RE_EXPORT = /^export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*(['"])[^'"\n]+\1;?/gm;

/** Every import of a file's text. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, , type, , specifier = null] of text.matchAll(STATEMENT)) {
    found.push({ specifier, typeOnly: type !== undefined });
  }
  for (const [, type, , specifier = null] of text.replace(COMMENT, '').matchAll(CALL)) {
    found.push({ specifier, typeOnly: type !== undefined });
  }
  return found;
}

/** Whether a file only passes on what others export. */
export function isBarrel(text: string): boolean {
  const code = text.replace(COMMENT, '').trim();
  return code !== '' && code.replace(RE_EXPORT, '').trim() === '';
}

/** Whether a file passes on everything of another, without naming it. */
export function passesOnAll(text: string): boolean {
  return /^export\s+(type\s+)?\*/m.test(text.replace(COMMENT, ''));
}
