import { Button, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { Loading } from '../ui/loading.tsx';
import { Section } from '../ui/section.tsx';
import { MemberRow } from './member-row.tsx';
import { teamTexts } from './texts.ts';

export function Members() {
  const texts = useTexts(teamTexts);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: api.members.list.infiniteQueryKey(),
    queryFn: ({ pageParam }) =>
      client.members.list.query({ limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading />;
  return (
    <Section title={texts.members}>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{texts.member}</Table.Th>
              <Table.Th>{texts.role}</Table.Th>
              <Table.Th>{texts.joined}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.pages
              .flatMap(({ items }) => items)
              .map((member) => (
                <MemberRow key={member.userId} of={member} />
              ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.moreMembers}
        </Button>
      )}
    </Section>
  );
}
