import { Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { Section } from '../ui/page/section.tsx';
import { LoadMore } from '../ui/tables/load-more.tsx';
import { KEEP_FRESH } from './keep-fresh.ts';
import { MemberRow } from './member-row.tsx';
import styles from './team.module.css';
import { teamTexts } from './texts.ts';

export function Members() {
  const texts = useTexts(teamTexts);
  const list = useInfiniteQuery({
    queryKey: api.members.list.infiniteQueryKey(),
    queryFn: ({ pageParam }) =>
      client.members.list.query({ limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...KEEP_FRESH,
  });
  const { data, error, refetch, hasNextPage } = list;
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  const members = data.pages.flatMap(({ items }) => items);
  // The service decides, since it knows members that are not loaded yet.
  const owners = members.filter(({ role }) => role === 'owner').length;
  return (
    <Section title={texts.members}>
      <Failed error={error} retry={refetch} />
      <div className={styles['stacked']}>
        <Table verticalSpacing="sm" aria-label={texts.members}>
          <Head />
          <Table.Tbody>
            {members.map((member) => (
              <MemberRow
                key={member.userId}
                member={member}
                isOnlyOwner={member.role === 'owner' && owners === 1 && !hasNextPage}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <LoadMore list={list} label={texts.moreMembers} />
    </Section>
  );
}

function Head() {
  const texts = useTexts(teamTexts);
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>{texts.member}</Table.Th>
        <Table.Th>{texts.role}</Table.Th>
        <Table.Th>{texts.joined}</Table.Th>
        <Table.Td />
      </Table.Tr>
    </Table.Thead>
  );
}
