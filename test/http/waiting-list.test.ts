import { expect, test } from 'vitest';
import { WaitingList } from '../../server/http/connections/waiting-list.ts';

interface Item {
  readonly name: string;
  before: Item | null;
  after: Item | null;
}
const item = (name: string): Item => ({ name, before: null, after: null });
const namesIn = (list: WaitingList<Item>, most = 10) => list.first(most).map(({ name }) => name);

test('items come in the order of their addition, wherever others were removed', () => {
  const list = new WaitingList<Item>();
  const [a, b, c, d] = [item('a'), item('b'), item('c'), item('d')] as const;
  for (const one of [a, b, c, d]) list.add(one);
  expect(namesIn(list)).toEqual(['a', 'b', 'c', 'd']);
  list.delete(b);
  expect(namesIn(list)).toEqual(['a', 'c', 'd']);
  list.delete(a);
  list.add(a);
  expect(namesIn(list)).toEqual(['c', 'd', 'a']);
  list.delete(a);
  list.add(b);
  expect(namesIn(list)).toEqual(['c', 'd', 'b']);
  expect(namesIn(list, 2)).toEqual(['c', 'd']);
});

test('an item that is not in the list is removed without harm, also from a list with others or one', () => {
  const list = new WaitingList<Item>();
  const [a, b] = [item('a'), item('b')] as const;
  list.delete(a);
  list.add(a);
  list.delete(b);
  expect(namesIn(list)).toEqual(['a']);
  list.delete(a);
  list.delete(a);
  expect(namesIn(list)).toEqual([]);
  list.add(b);
  expect(namesIn(list)).toEqual(['b']);
});
