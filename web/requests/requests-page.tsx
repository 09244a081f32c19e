import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { LoadMore } from '../ui/tables/load-more.tsx';
import { shellTexts } from '../ui/texts.ts';
import { RequestChips } from './request-chips.tsx';
import { RequestDetails } from './request-details.tsx';
import { RequestFilters } from './request-filters.tsx';
import { type ListedRequest, RequestTable } from './request-table.tsx';
import { type RequestsSearch, requestsInput } from './requests-search.ts';
import { requestsTexts } from './texts.ts';

/** The calls of the workspace's keys in the last 24 hours, one by one. */
export function RequestsPage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(requestsTexts);
  const search = useSearch({ from: '/shell/inside/requests' });
  const navigate = useNavigate({ from: '/requests' });
  const [opened, setOpened] = useState<ListedRequest | null>(null);
  const onSearch = (search: RequestsSearch) => {
    setOpened(null);
    void navigate({ search, resetScroll: false });
  };
  return (
    <ConsolePage title={pages['/requests']} description={description} isWide>
      <RequestFilters key={JSON.stringify(search)} search={search} onSearch={onSearch} />
      <RequestChips search={search} onSearch={onSearch} />
      <Requests filter={search} onOpen={setOpened} />
      <RequestDetails request={opened} onClose={() => setOpened(null)} onSearch={onSearch} />
    </ConsolePage>
  );
}

interface RequestsProps {
  readonly filter: RequestsSearch;
  readonly onOpen: (request: ListedRequest) => void;
}

function Requests({ filter, onOpen }: RequestsProps) {
  const texts = useTexts(requestsTexts);
  const { number } = useFormats();
  const list = useInfiniteQuery({
    queryKey: [...api.requests.list.pathKey(), filter],
    queryFn: ({ pageParam, signal }) =>
      readFilledPage(pageParam, (position) =>
        client.requests.list.query({ ...requestsInput(filter), ...position }, { signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = list;
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading rows={8} />;
  const requests = data.pages.flatMap(({ items }) => items);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {texts.shown(requests.length, number(requests.length), hasNextPage)}
        </Text>
        <Button variant="default" size="xs" loading={isFetching} onClick={() => void refetch()}>
          {texts.refresh}
        </Button>
      </Group>
      {requests.length === 0 ? (
        <NoneListed isFiltered={isFiltered} />
      ) : (
        <RequestTable requests={requests} onOpen={onOpen} />
      )}
      <Failed error={error} retry={() => (hasNextPage ? fetchNextPage() : refetch())} />
      <LoadMore list={list} label={texts.more} />
    </Stack>
  );
}

function NoneListed({ isFiltered }: { readonly isFiltered: boolean }) {
  const texts = useTexts(requestsTexts);
  return (
    <Empty isList title={texts.nothing}>
      <Text c="dimmed">{isFiltered ? texts.noMatch : texts.nothingMore}</Text>
      {!isFiltered && (
        <Anchor component={Link} to="/playground">
          {texts.makeCall}
        </Anchor>
      )}
    </Empty>
  );
}
