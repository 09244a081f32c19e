import { Button } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/empty.tsx';
import { shellTexts } from '../ui/texts.ts';

/** A page that threw. After an update of the service its code may have another file name, so it offers a reload. */
export function Broken() {
  const { broken, brokenMore, reload } = useTexts(shellTexts);
  return (
    <Empty title={broken}>
      <p>{brokenMore}</p>
      <Button onClick={() => globalThis.location.reload()}>{reload}</Button>
    </Empty>
  );
}
