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
   * Whether a key of a dictionary or a parameter occurs twice. The last one counts (RFC 9651 §4.2.2), but a reader that
   * decides by it must not differ from one that takes the first.
   */
  readonly hasRepeats: boolean;
}

/** @param text all lines of the field, joined by `, `; null if it is not a dictionary (RFC 9651 §4.2.2) */
export const parseDictionary = (text: string): ParsedField<Dictionary> | null =>
  parse(text, (parser) => parser.dictionary());

/** The same for a list (RFC 9651 §4.2.1). */
export const parseList = (text: string): ParsedField<readonly FieldMember[]> | null =>
  parse(text, (parser) => parser.list());

/** The same for an item (RFC 9651 §4.2.3). */
export const parseItem = (text: string): ParsedField<FieldItem> | null =>
  parse(text, (parser) => parser.item());

function parse<T>(text: string, read: (parser: Parser) => T): ParsedField<T> | null {
  const parser = new Parser(text);
  try {
    return { value: parser.whole(read), hasRepeats: parser.hasRepeats };
  } catch {
    return null;
  }
}

/** One object for all faults: a stack for each would cost more than the parsing. */
const INVALID = new Error('not a structured field');

type BareItemType = BareItem['type'];

/** How a bare item begins, its type, and its grammar. A number must not continue with what another grammar would take. */
const FORMS: readonly (readonly [start: RegExp, BareItemType, RegExp])[] = [
  [/"/y, 'string', /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y],
  [/-?\d+\./y, 'decimal', /(-?\d{1,12}\.\d{1,3})(?![\d.])/y],
  [/[-\d]/y, 'integer', /(-?\d{1,15})(?!\d)/y],
  [/:/y, 'bytes', /:([A-Za-z0-9+/=]*):/y],
  [/\?/y, 'boolean', /\?([01])/y],
  [/[A-Za-z*]/y, 'token', /([A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*)/y],
  [/@/y, 'date', /@(-?\d{1,15})(?![\d.])/y],
  [/%/y, 'display string', /%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"/y],
];
const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const SPACES = / */y;
const WHITESPACE = /[ \t]*/y;

class Parser {
  readonly #text: string;
  #at = 0;
  hasRepeats = false;

  constructor(text: string) {
    this.#text = text;
  }

  whole<T>(read: (parser: Parser) => T): T {
    this.#match(SPACES);
    const value = read(this);
    this.#match(SPACES);
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
    this.#each(() => members.push(this.#member()));
    return members;
  }

  item(): FieldItem {
    return { value: this.#bareItem(), parameters: this.#parameters() };
  }

  /** Reads members that commas separate; none may follow the last. */
  #each(read: () => void): void {
    while (this.#at < this.#text.length) {
      read();
      this.#match(WHITESPACE);
      if (this.#at === this.#text.length) return;
      if (!this.#skip(',')) throw INVALID;
      this.#match(WHITESPACE);
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
      this.#match(SPACES);
      if (this.#skip(')')) return { items, parameters: this.#parameters() };
      items.push(this.item());
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== ')') throw INVALID;
    }
  }

  #parameters(): FieldParameters {
    const parameters = new Map<string, BareItem>();
    while (this.#skip(';')) {
      this.#match(SPACES);
      const key = this.#need(KEY);
      this.#put(parameters, key, this.#skip('=') ? this.#bareItem() : { type: 'boolean', value: true });
    }
    return parameters;
  }

  #put<V>(into: Map<string, V>, key: string, value: V): void {
    if (into.has(key)) this.hasRepeats = true;
    into.set(key, value);
  }

  #bareItem(): BareItem {
    for (const [start, type, grammar] of FORMS) {
      start.lastIndex = this.#at;
      if (start.test(this.#text)) return bareItem(type, this.#need(grammar));
    }
    throw INVALID;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return null;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  #need(pattern: RegExp): string {
    const text = this.#match(pattern);
    if (text === null) throw INVALID;
    return text;
  }
}

function bareItem(type: BareItemType, text: string): BareItem {
  switch (type) {
    case 'integer':
    case 'decimal':
    case 'date':
      return { type, value: Number(text) };
    case 'token':
      return { type, value: text };
    case 'string':
      return { type, value: text.replace(/\\(.)/g, '$1') };
    case 'bytes':
      return { type, value: bytesFromBase64(text) };
    case 'boolean':
      return { type, value: text === '1' };
    case 'display string':
      // Rejects bytes that are not UTF-8.
      return { type, value: decodeURIComponent(text) };
  }
}
