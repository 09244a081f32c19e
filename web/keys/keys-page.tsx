import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { createTexts } from '../create/texts.ts';
import { useTexts } from '../language/language.ts';
import { Loading } from '../shell/loading.tsx';
import { Page } from '../shell/page.tsx';
import { shellTexts } from '../shell/texts.ts';
import { CreateKey } from './create-key.tsx';

export function KeysPage() {
  const { pages } = useTexts(shellTexts);
  const { title } = useTexts(createTexts);
  const [opened, { open, close }] = useDisclosure();
  return (
    <Page title={pages['/keys']} actions={<Button onClick={open}>{title}</Button>}>
      <Loading />
      <CreateKey opened={opened} onClose={close} />
    </Page>
  );
}
