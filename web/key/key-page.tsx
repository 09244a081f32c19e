import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../service.ts';
import { Failed } from '../shell/failed.tsx';
import { Loading } from '../shell/loading.tsx';
import { Page } from '../shell/page.tsx';
import { KeySettings } from './key-settings.tsx';

export function KeyPage() {
  const { id } = useParams({ from: '/shell/inside/keys/$id' });
  const { data, error, refetch } = useQuery(api.keys.get.queryOptions({ id }));
  if (!data) return error ? <Failed error={error} again={refetch} /> : <Loading />;
  return (
    <Page title={data.name}>
      <KeySettings of={data} />
    </Page>
  );
}
