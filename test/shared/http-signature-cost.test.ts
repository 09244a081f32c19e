import { describe, expect, it } from 'vitest';
import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { readComponents } from '../../shared/http-signature/components.ts';
import type { RequestMessage } from '../../shared/http-signature/message.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { isInnerList } from '../../shared/structured-fields/values.ts';

/** Components that a `signature-input` of 8 KiB has room for. */
const COMPONENTS = 300;
/** Parts of a query or of a field that such a request has room for. */
const PARTS = 4_000;

const names = Array.from({ length: PARTS }, (_, n) => `p${n}`);
const message = (): RequestMessage => ({
  method: 'GET',
  scheme: 'https',
  authority: 'www.example.com',
  target: `/api/exemple?${names.join('&')}`,
  fields: headerValues(['x-parts', names.map((name) => `${name}=1`).join(', ')]),
});

function componentsOf(list: string) {
  const member = parseDictionary(`a=(${list})`)?.value.get('a');
  const components = member && isInnerList(member) ? readComponents(member.items) : [];
  if (typeof components === 'string') throw new Error(components);
  return components;
}

/** The least of several times, in milliseconds. */
function timeOf(list: string): number {
  const components = componentsOf(list);
  const times = Array.from({ length: 5 }, () => {
    const request = message();
    const begun = performance.now();
    expect(httpSignatureBase(request, components, '()')?.split('\n')).toHaveLength(components.length + 1);
    return performance.now() - begun;
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
});
