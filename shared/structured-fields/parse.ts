import {
  type BareItem,
  bytesFromBase64,
  type Dictionary,
  type FieldItem,
  type FieldMember,
  type FieldParameters,
} from './values.ts';

/** A parsed field. */
export interface ParsedField<T> {
  readonly value: T;
  /**
   * Whether a key of a dictionary or a parameter occurs twice. The last one counts (RFC 9651 §4.2.2), but nothing may be decided
   * by it: another reader could use the first.
   */
  readonly hasRepeats: boolean;
}

/** Members, items and parameters of a field together, so that a field of very many short ones is not parsed to its end. */
export const MAX_PARTS = 512;

/**
 * @param text all lines of the field, joined by `, `; null if it is not a dictionary (RFC 9651 §4.2.2)
 * @param most members, items of inner lists and parameters together: the rest of a longer field is not parsed, and it is refused
 */
export const parseDictionary = (text: string, most = MAX_PARTS): ParsedField<Dictionary> | null =>
  parse(text, (parser) => parser.dictionary(), most);

/** The same for a list (RFC 9651 §4.2.1). */
export const parseList = (text: string, most = MAX_PARTS): ParsedField<readonly FieldMember[]> | null =>
  parse(text, (parser) => parser.list(), most);

/** The same for an item (RFC 9651 §4.2.3). */
export const parseItem = (text: string, most = MAX_PARTS): ParsedField<FieldItem> | null =>
  parse(text, (parser) => parser.item(), most);

function parse<T>(text: string, read: (parser: Parser) => T, most: number): ParsedField<T> | null {
  const parser = new Parser(text, most);
  try {
    return { value: parser.whole(read), hasRepeats: parser.hasRepeats };
  } catch {
    return null;
  }
}

/** One object for all errors: a stack trace for each would cost more than the parsing. */
const INVALID = new Error('not a structured field');

type BareItemType = BareItem['type'];

/** The grammar of each type. A number must not be followed by what another grammar would match. */
const GRAMMARS: Readonly<Record<BareItemType, RegExp>> = {
  string: /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y,
  decimal: /-?\d{1,12}\.\d{1,3}(?![\d.])/y,
  integer: /-?\d{1,15}(?!\d)/y,
  bytes: /:[A-Za-z0-9+/=]*:/y,
  boolean: /\?[01]/y,
  token: /[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*/y,
  date: /@-?\d{1,15}(?![\d.])/y,
  'display string': /%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"/y,
};
/** A string in which nothing is escaped: nearly every one, and this is read several times as fast. */
const PLAIN_STRING = /"[\x20\x21\x23-\x5b\x5d-\x7e]*"/y;
/** The type of a bare item by its first character. */
const TYPES: ReadonlyMap<string, BareItemType> = new Map([
  ...typesOf('"', 'string'),
  ...typesOf(':', 'bytes'),
  ...typesOf('?', 'boolean'),
  ...typesOf('@', 'date'),
  ...typesOf('%', 'display string'),
  ...typesOf('-0123456789', 'integer'),
  ...typesOf('*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 'token'),
]);
/** What makes a number a decimal. */
const DECIMAL = /-?\d+\./y;
const KEY = /[a-z*][a-z0-9_\-.*]*/y;

function typesOf(characters: string, type: BareItemType): [string, BareItemType][] {
  return [...characters].map((character) => [character, type]);
}

const NO_PARAMETERS: FieldParameters = new Map();

class Parser {
  readonly #text: string;
  #at = 0;
  /** How many members, items and parameters may follow. */
  #left: number;
  hasRepeats = false;

  constructor(text: string, most: number) {
    this.#text = text;
    this.#left = most;
  }

  whole<T>(read: (parser: Parser) => T): T {
    this.#skipSpaces();
    const value = read(this);
    this.#skipSpaces();
    if (this.#at < this.#text.length) throw INVALID;
    return value;
  }

  dictionary(): Dictionary {
    const members = new Map<string, FieldMember>();
    this.#each(() => this.#put(members, this.#need(KEY), this.#skip('=') ? this.#member() : this.#flag()));
    return members;
  }

  list(): FieldMember[] {
    const members: FieldMember[] = [];
    this.#each(() => {
      if (this.#left-- === 0) throw INVALID;
      members.push(this.#member());
    });
    return members;
  }

  item(): FieldItem {
    return { value: this.#bareItem(), parameters: this.#parameters() };
  }

  /** Reads members that commas separate; none may follow the last. */
  #each(read: () => void): void {
    while (this.#at < this.#text.length) {
      read();
      this.#skipSpaces('\t');
      if (this.#at === this.#text.length) return;
      if (!this.#skip(',')) throw INVALID;
      this.#skipSpaces('\t');
      if (this.#at === this.#text.length) throw INVALID;
    }
  }

  #flag(): FieldItem {
    return { value: { type: 'boolean', value: true }, parameters: this.#parameters() };
  }

  #member(): FieldMember {
    if (!this.#skip('(')) return this.item();
    const items: FieldItem[] = [];
    for (;;) {
      this.#skipSpaces();
      if (this.#skip(')')) return { items, parameters: this.#parameters() };
      if (this.#left-- === 0) throw INVALID;
      items.push(this.item());
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== ')') throw INVALID;
    }
  }

  #parameters(): FieldParameters {
    if (this.#text[this.#at] !== ';') return NO_PARAMETERS;
    const parameters = new Map<string, BareItem>();
    while (this.#skip(';')) {
      this.#skipSpaces();
      const key = this.#need(KEY);
      this.#put(parameters, key, this.#skip('=') ? this.#bareItem() : { type: 'boolean', value: true });
    }
    return parameters;
  }

  #put<V>(into: Map<string, V>, key: string, value: V): void {
    if (this.#left-- === 0) throw INVALID;
    if (into.has(key)) this.hasRepeats = true;
    into.set(key, value);
  }

  #bareItem(): BareItem {
    const type = TYPES.get(this.#text[this.#at] ?? '');
    switch (type) {
      case undefined:
        throw INVALID;
      case 'string':
        return { type, value: this.#string() };
      case 'integer': {
        const exact = this.#isDecimal() ? 'decimal' : type;
        return bareItem(exact, this.#need(GRAMMARS[exact]));
      }
      default:
        return bareItem(type, this.#need(GRAMMARS[type]));
    }
  }

  #string(): string {
    const plain = this.#match(PLAIN_STRING);
    return plain === null ? unescapeString(this.#need(GRAMMARS.string).slice(1, -1)) : plain.slice(1, -1);
  }

  #isDecimal(): boolean {
    DECIMAL.lastIndex = this.#at;
    return DECIMAL.test(this.#text);
  }

  #skipSpaces(other = ' '): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === other) this.#at++;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** The match at this position, or null. Without `exec`, which allocates an array for each match. */
  #match(pattern: RegExp): string | null {
    const from = this.#at;
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) return null;
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  #need(pattern: RegExp): string {
    const text = this.#match(pattern);
    if (text === null) throw INVALID;
    return text;
  }
}

const unescapeString = (text: string): string => text.replace(/\\(.)/g, '$1');

/** @param text with the characters that mark its type */
function bareItem(type: Exclude<BareItemType, 'string'>, text: string): BareItem {
  switch (type) {
    case 'integer':
    case 'decimal':
      return { type, value: Number(text) };
    case 'date':
      return { type, value: Number(text.slice(1)) };
    case 'token':
      return { type, value: text };
    case 'bytes':
      return { type, value: bytesFromBase64(text.slice(1, -1)) };
    case 'boolean':
      return { type, value: text === '?1' };
    case 'display string':
      // Rejects bytes that are not UTF-8.
      return { type, value: decodeURIComponent(text.slice(2, -1)) };
  }
}
