import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { readFilledPage } from '../api/filled-page.ts';
import { api, client } from '../api/service.ts';
import { CsvExport } from '../csv/csv-export.tsx';
import { useNames } from '../key-model/use-names.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { LoadMore } from '../ui/tables/load-more.tsx';
import { auditCsv } from './audit-csv.ts';
import { askedOf } from './audit-input.ts';
import type { AuditSearch } from './audit-search.ts';
import { AuditTable } from './audit-table.tsx';
import type { ListedRecord } from './listed-record.ts';
import { namesIn, type SubjectNames } from './record-subject.ts';
import { saveAsJson } from './save-as-json.ts';
import { auditTexts } from './texts.ts';

interface AuditRecordsProps {
  readonly filter: AuditSearch;
  /** Adds a filter to the list; absent if the page offers none. */
  readonly onFilter?: (more: AuditSearch) => void;
}

/** Records of one response. */
const RECORDS_PER_PAGE = 50;

/** The records that match a filter, newest first, loaded in parts. */
export function AuditRecords({ filter, onFilter }: AuditRecordsProps) {
  const texts = useTexts(auditTexts);
  const { number } = useFormats();
  const list = useInfiniteQuery({
    queryKey: [...api.audit.list.pathKey(), filter],
    queryFn: ({ pageParam, signal }) =>
      readFilledPage(pageParam, (position) =>
        client.audit.list.query({ ...askedOf(filter), limit: RECORDS_PER_PAGE, ...position }, { signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, refetch, fetchNextPage, hasNextPage } = list;
  const records = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const names = useSubjectNames(records);
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading rows={6} />;
  if (records.length === 0)
    return (
      <Empty isList title={texts.nothing}>
        {texts.nothingMore}
      </Empty>
    );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {texts.shown(records.length, number(records.length), hasNextPage)}
        </Text>
        <Group gap="sm">
          <CsvExport key={JSON.stringify(filter)} source={auditCsv(filter)} />
          <Button variant="default" size="xs" onClick={() => saveAsJson(records, 'keyseal-audit.json')}>
            {texts.save}
          </Button>
        </Group>
      </Group>
      <AuditTable records={records} names={names} {...(onFilter ? { onFilter } : {})} />
      <Failed error={error} retry={() => (hasNextPage ? fetchNextPage() : refetch())} />
      <LoadMore list={list} label={texts.more} />
    </Stack>
  );
}

/** The names of everything that the records are about, as far as they or the lists of the workspace tell. */
function useSubjectNames(records: readonly ListedRecord[]): SubjectNames {
  const names = useNames();
  const { workspace } = useMe();
  return useMemo(
    () => ({ ...names, others: new Map([...namesIn(records), [workspace.id, workspace.name]]) }),
    [names, records, workspace],
  );
}
