import { describe, expect, it } from 'vitest';
import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { readComponents } from '../../shared/http-signature/components.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { isInnerList } from '../../shared/structured-fields/values.ts';

/** Components that fit into a `signature-input` of 8 KiB. */
const COMPONENTS = 300;
/** Parts of a query that fit into such a request. */
const PARTS = 4_000;
/** Members of a field that are parsed. */
const MEMBERS = 500;

const names = Array.from({ length: PARTS }, (_, n) => `p${n}`);
const message = (members = MEMBERS): RequestMessage => ({
  method: 'GET',
  scheme: 'https',
  authority: 'www.example.com',
  target: `/api/exemple?${names.join('&')}`,
  fields: headerValues(['x-parts', fieldOf(members), 'priority', fieldOf(members)]),
});

const fieldOf = (members: number) =>
  names
    .slice(0, members)
    .map((name) => `${name}=1`)
    .join(', ');

function componentsOf(list: string) {
  const member = parseDictionary(`a=(${list})`, 2 * COMPONENTS + 1)?.value.get('a');
  const components = member && isInnerList(member) ? readComponents(member.items) : [];
  if (typeof components === 'string') throw new Error(components);
  return components;
}

/** The least of several times to build a base of so many lines, in milliseconds. */
function timeOf(
  list: string,
  members = MEMBERS,
  lines: number | null = componentsOf(list).length + 1,
): number {
  const components = componentsOf(list);
  const times = Array.from({ length: 20 }, () => {
    const request = message(members);
    const begun = performance.now();
    const base = httpSignatureBase(request, components, '()');
    const took = performance.now() - begun;
    expect(base?.split('\n').length ?? null).toBe(lines);
    return took;
  });
  return Math.min(...times);
}

describe('the cost of a base', () => {
  it.each([
    ['parts of a query', (name: string) => `"@query-param";name="${name}"`],
    ['members of a field', (name: string) => `"x-parts";key="${name}"`],
  ])('hardly grows with the number of covered %s: these are taken apart once', (_, component) => {
    const many = names.slice(0, COMPONENTS).map(component).join(' ');
    expect(timeOf(many) / timeOf(component('p0'))).toBeLessThan(COMPONENTS / 10);
  });

  it.each(['key="p0"', 'sf'])('hardly grows with the members of a field beyond 512: ;%s', (parameter) => {
    const component = `"priority";${parameter}`;
    expect(timeOf(component, PARTS, null) / timeOf(component)).toBeLessThan(2);
  });
});
