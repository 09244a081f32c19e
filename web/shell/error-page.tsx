import { Button } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { feedbackTexts } from '../ui/feedback/texts.ts';
import { useOnline } from '../ui/feedback/use-online.ts';

/** A page that threw. After an update of the service its code may have another file name, so it offers a reload. */
export function ErrorPage() {
  const { broken, brokenMore, offlinePage, offlinePageMore, reload } = useTexts(feedbackTexts);
  const isOnline = useOnline();
  return (
    <Empty title={isOnline ? broken : offlinePage}>
      <p>{isOnline ? brokenMore : offlinePageMore}</p>
      <Button onClick={() => globalThis.location.reload()}>{reload}</Button>
    </Empty>
  );
}
