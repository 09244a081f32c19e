import { join, relative } from 'node:path';
// TypeScript 7 has no API for programs.
import ts from 'typescript-6';

/** One name that a package exports, or that the declaration of such a name needs. */
export interface PublicName {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'type';
  /** As a reader needs it: without bodies, private members and `export`. */
  readonly declaration: string;
  /** CommonMark. */
  readonly text: string;
  readonly tags: readonly { readonly tag: string; readonly text: string }[];
}

export interface EntryPoint {
  /** What is imported, such as `@keyseal/client/guard`. */
  readonly specifier: string;
  readonly exported: readonly PublicName[];
  /** Types that the exported declarations name and that are not exported themselves. */
  readonly named: readonly PublicName[];
}

const ROOT = join(import.meta.dirname, '..');
/** Types of these folders are explained; the types that they use of other folders belong to the server. */
const EXPLAINED = /^(?:client|sdk)\//;

/** Reads what entry points export from their sources. @param entries the source file of each specifier */
export function readPublicApi(entries: Readonly<Record<string, string>>): EntryPoint[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const paths = Object.values(entries).map((path) => join(ROOT, path));
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  return Object.keys(entries).map((specifier, index) => {
    const source = program.getSourceFile(paths[index] as string);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${specifier}: ${paths[index]} is not a module`);
    const symbols = checker.getExportsOfModule(module).map((symbol) => aliased(symbol, checker));
    const known = new Set(symbols);
    for (const symbol of known) for (const named of namedBy(symbol, checker)) known.add(named);
    const read = [...known].map((symbol) => publicName(symbol, checker));
    return { specifier, exported: read.slice(0, symbols.length), named: read.slice(symbols.length) };
  });
}

function aliased(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The types of the explained folders that a declaration refers to. */
function namedBy(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node)) return;
    const name = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
    const target = name && aliased(name, checker);
    if (target?.declarations?.some(isExplained)) found.push(target);
    ts.forEachChild(node, visit);
  };
  visit(declarationOf(symbol));
  return found;
}

function isExplained(node: ts.Declaration): boolean {
  const path = relative(ROOT, node.getSourceFile().fileName).replaceAll('\\', '/');
  return EXPLAINED.test(path) && (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node));
}

function declarationOf(symbol: ts.Symbol): ts.Declaration {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) throw new Error(`${symbol.name} has no declaration`);
  return declaration;
}

function publicName(symbol: ts.Symbol, checker: ts.TypeChecker): PublicName {
  const node = declarationOf(symbol);
  const docs = {
    name: symbol.name,
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    tags: symbol
      .getJsDocTags(checker)
      .map(({ name: tag, text }) => ({ tag, text: ts.displayPartsToString(text) })),
  };
  if (ts.isFunctionDeclaration(node))
    return { ...docs, kind: 'function', declaration: signatureOf(node, checker) };
  if (ts.isClassDeclaration(node)) return { ...docs, kind: 'class', declaration: classOf(node, checker) };
  return { ...docs, kind: 'type', declaration: namesOf(node, checker) ?? withoutMarks(node.getText()) };
}

const withoutMarks = (text: string): string =>
  text.replace(/^export /, '').replace(/^\s*\/\/ biome-ignore.*\n/gm, '');

/** Written out: a union of texts that the source takes from a table, such as `keyof typeof REFUSALS`. */
function namesOf(node: ts.Declaration, checker: ts.TypeChecker): string | null {
  if (!ts.isTypeAliasDeclaration(node) || !node.type.getText().includes('typeof ')) return null;
  const type = checker.getTypeAtLocation(node);
  const members = type.isUnion() ? type.types : [];
  if (members.length === 0 || !members.every((member) => member.isStringLiteral())) return null;
  const names = members.map((member) => `  | '${member.value}'`).sort();
  return `type ${node.name.text} =\n${names.join('\n')};`;
}

const TYPE_FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

function signatureOf(node: ts.FunctionDeclaration, checker: ts.TypeChecker): string {
  const signature = checker.getSignatureFromDeclaration(node);
  if (!signature || !node.name) throw new Error('a function without a name is exported');
  const generics = node.typeParameters?.map((parameter) => parameter.getText()).join(', ');
  const parameters = node.parameters.map((parameter) => {
    // What is taken apart in place has no name that a caller needs.
    const name = ts.isIdentifier(parameter.name) ? parameter.name.text.replace(/^_/, '') : 'options';
    const optional = parameter.questionToken || parameter.initializer ? '?' : '';
    return `${name}${optional}: ${parameter.type?.getText() ?? 'unknown'}`;
  });
  const returns = node.type?.getText() ?? checker.typeToString(signature.getReturnType(), node, TYPE_FLAGS);
  return `function ${node.name.text}${generics ? `<${generics}>` : ''}(${parameters.join(', ')}): ${returns}`;
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

function classOf(node: ts.ClassDeclaration, checker: ts.TypeChecker): string {
  const members = node.members
    .filter((member) => !(ts.getCombinedModifierFlags(member) & HIDDEN) && !member.getText().startsWith('#'))
    .map((member) => `  ${withComment(member, memberText(member, checker))};`);
  const heritage = node.heritageClauses?.map((clause) => ` ${clause.getText()}`).join('') ?? '';
  return `class ${node.name?.text}${heritage} {\n${members.join('\n')}\n}`;
}

function memberText(member: ts.ClassElement, checker: ts.TypeChecker): string {
  const text = member.getText();
  if (ts.isPropertyDeclaration(member)) {
    const type = member.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(member));
    const isReadonly = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly;
    return `${isReadonly ? 'readonly ' : ''}${member.name.getText()}: ${type}`;
  }
  const body = 'body' in member ? (member.body as ts.Block | undefined) : undefined;
  return body ? text.slice(0, text.length - body.getText().length).trim() : text;
}

function withComment(member: ts.ClassElement, text: string): string {
  const [comment] = ts.getJSDocCommentsAndTags(member);
  return comment ? `${comment.getText()}\n  ${text}` : text;
}
