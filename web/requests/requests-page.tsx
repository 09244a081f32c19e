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
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { LoadMore } from '../ui/tables/load-more.tsx';
import { shellTexts } from '../ui/texts.ts';
import { RequestChips } from './request-chips.tsx';
import { RequestDetails } from './request-details.tsx';
import { RequestFilters } from './request-filters.tsx';
import { type ListedRequest, RequestTable } from './request-table.tsx';
import { filterOf, requestsInput } from './requests-input.ts';
import type { RequestsSearch } from './requests-search.ts';
import { requestsTexts } from './texts.ts';

/** The calls of the workspace's keys in the last 24 hours, one by one. */
export function RequestsPage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(requestsTexts);
  const search = useSearch({ from: '/shell/inside/requests' });
  const navigate = useNavigate({ from: '/requests' });
  const filter = filterOf(search);
  const onSearch = (search: RequestsSearch, replace = false) =>
    void navigate({ search, replace, resetScroll: false });
  return (
    <ConsolePage title={pages['/requests']} description={description} isWide>
      <RequestFilters key={JSON.stringify(filter)} search={filter} onSearch={onSearch} />
      <RequestChips search={filter} onSearch={onSearch} />
      <SectionBoundary>
        <Requests filter={filter} call={search.call} onSearch={onSearch} />
      </SectionBoundary>
    </ConsolePage>
  );
}

interface RequestsProps {
  readonly filter: ReturnType<typeof filterOf>;
  /** The id of the request whose details are open. Back closes them. */
  readonly call: string | undefined;
  readonly onSearch: (search: RequestsSearch, replace?: boolean) => void;
}

function Requests({ filter, call, onSearch }: RequestsProps) {
  const texts = useTexts(requestsTexts);
  const { number } = useFormats();
  // The calls of a batch share the id.
  const [chosen, setChosen] = useState<ListedRequest | null>(null);
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
  const opened = chosen?.requestId === call ? chosen : requests.find(({ requestId }) => requestId === call);
  const open = (request: ListedRequest) => {
    setChosen(request);
    onSearch({ ...filter, call: request.requestId });
  };
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
        <RequestTable requests={requests} onOpen={open} />
      )}
      <Failed error={error} retry={() => (hasNextPage ? fetchNextPage() : refetch())} />
      <LoadMore list={list} label={texts.more} />
      <RequestDetails
        request={opened ?? null}
        onClose={() => onSearch(filter, true)}
        onSearch={(search) => onSearch(search)}
      />
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
