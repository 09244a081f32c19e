import { useTexts } from '../language/language.ts';
import { Loading } from '../shell/loading.tsx';
import { Page } from '../shell/page.tsx';
import { shellTexts } from '../shell/texts.ts';

export function PlaygroundPage() {
  const { pages } = useTexts(shellTexts);
  return (
    <Page title={pages['/playground']}>
      <Loading />
    </Page>
  );
}
