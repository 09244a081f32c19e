import { Button } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { shellTexts } from '../ui/texts.ts';

/** A page that threw. After an update of the service its code may have another file name, so it offers a reload. */
export function ErrorPage() {
  const { broken, brokenMore, offlinePage, offlinePageMore, reload } = useTexts(shellTexts);
  const { online } = useNetwork();
  return (
    <Empty title={online ? broken : offlinePage}>
      <p>{online ? brokenMore : offlinePageMore}</p>
      <Button onClick={() => globalThis.location.reload()}>{reload}</Button>
    </Empty>
  );
}
