import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { api } from '../api/service.ts';
import { KeyActions } from '../key-actions/key-actions.tsx';
import { useTexts } from '../language/language.ts';
import { BrokenSection } from '../ui/feedback/broken-section.tsx';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { hasProperties, SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { Breadcrumb } from '../ui/page/breadcrumb.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { KeyHeader } from './key-header.tsx';
import { KeyTabs } from './key-tabs.tsx';
import { LeakButton } from './leak/leak-button.tsx';
import { PlaygroundLink } from './playground-link.tsx';
import { keyTexts } from './texts.ts';

/** How often credits and last use are fetched again, in milliseconds. */
const REFETCH_MS = 10_000;

/** Everything about one key. */
export function KeyPage() {
  const { pages } = useTexts(shellTexts);
  const { id } = useParams({ from: '/shell/inside/keys/$id' });
  const {
    data: key,
    error,
    refetch,
  } = useQuery({
    ...api.keys.get.queryOptions({ id }),
    refetchInterval: ({ state }) => (isGone(state.error) ? false : REFETCH_MS),
  });
  if (isGone(error)) return <NoSuchKey id={id} />;
  if (!key || !hasProperties(key, ['id', 'name', 'status', 'permissions']))
    return (
      <ConsolePage title={pages['/keys']}>
        {key && <BrokenSection retry={refetch} />}
        {!key && (error ? <Failed error={error} retry={refetch} /> : <Loading rows={6} />)}
      </ConsolePage>
    );
  return (
    <ConsolePage
      title={key.name}
      above={<Breadcrumb to="/keys" here={key.name} />}
      actions={
        <>
          <LeakButton apiKey={key} />
          <PlaygroundLink id={key.id} />
          <KeyActions apiKey={key} />
        </>
      }
    >
      <Failed error={error} retry={refetch} />
      <SectionBoundary>
        <KeyHeader apiKey={key} />
      </SectionBoundary>
      <KeyTabs key={key.id} apiKey={key} />
    </ConsolePage>
  );
}

/** A malformed id is refused as wrong input; for the reader, that key does not exist either. */
const isGone = (error: unknown): boolean =>
  error instanceof KeysealRefusal && ['KEY_NOT_FOUND', 'INPUT_INVALID'].includes(error.reason);

function NoSuchKey({ id }: { readonly id: string }) {
  const texts = useTexts(keyTexts);
  return (
    <ConsolePage title={texts.noSuchKey}>
      <Empty title={texts.noSuchKeyHere(id)}>
        <Text c="dimmed">{texts.noSuchKeyMore}</Text>
        <Anchor component={Link} to="/keys">
          {texts.toKeys}
        </Anchor>
      </Empty>
    </ConsolePage>
  );
}
