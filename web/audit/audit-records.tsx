import { Accordion, Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, client } from '../api/service.ts';
import { useNames } from '../key-model/use-names.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { CsvExport } from '../ui/csv-export.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failed } from '../ui/failed.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { Loading } from '../ui/loading.tsx';
import { auditCsv } from './audit-csv.ts';
import { AuditRecordCard } from './audit-record.tsx';
import { type AuditSearch, askedOf } from './audit-search.ts';
import { saveAsJson } from './save-as-json.ts';
import { auditTexts } from './texts.ts';

interface AuditRecordsProps {
  readonly filter: AuditSearch;
  /** Adds a filter to the list; absent if the page offers none. */
  readonly onFilter?: (more: AuditSearch) => void;
}

/** Records of one answer. */
const AT_ONCE = 50;

/** The records that match a filter, newest first, loaded in parts. */
export function AuditRecords({ filter, onFilter }: AuditRecordsProps) {
  const texts = useTexts(auditTexts);
  const { number } = useFormats();
  const names = useNames();
  const list = useInfiniteQuery({
    queryKey: [...api.audit.list.pathKey(), filter],
    queryFn: ({ pageParam }) =>
      client.audit.list.query({
        ...askedOf(filter),
        limit: AT_ONCE,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, refetch, fetchNextPage, hasNextPage } = list;
  const records = data?.pages.flatMap(({ items }) => items) ?? [];
  if (!data) return error ? <Failed error={error} again={refetch} /> : <Loading rows={6} />;
  if (records.length === 0) return <Empty title={texts.nothing}>{texts.nothingMore}</Empty>;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {texts.shown(records.length, number(records.length), hasNextPage)}
        </Text>
        <Button variant="default" size="xs" onClick={() => saveAsJson(records, 'keyseal-audit.json')}>
          {texts.save}
        </Button>
      </Group>
      <CsvExport key={JSON.stringify(filter)} source={auditCsv(filter)} />
      <Accordion
        {...{ multiple: true, variant: 'separated', keepMounted: false, chevronPosition: 'left', order: 2 }}
        styles={{ item: { marginBlockStart: 2 }, label: { paddingBlock: '0.25rem' } }}
      >
        {records.map((record) => (
          <AuditRecordCard
            key={record.seq}
            record={record}
            names={names}
            {...(onFilter ? { onFilter } : {})}
          />
        ))}
      </Accordion>
      <Failed error={error} again={() => (hasNextPage ? fetchNextPage() : refetch())} />
      <LoadMore list={list} label={texts.more} />
    </Stack>
  );
}
