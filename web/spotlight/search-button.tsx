import { ActionIcon } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { spotlightTexts } from './texts.ts';

/** Its code and the text of the docs load when the user opens it for the first time. */
const Palette = lazy(() => import('./palette.tsx'));

/** Opens the search over pages, keys, docs and actions; so does Ctrl+K, or ⌘K. */
export function SearchButton() {
  const { title } = useTexts(spotlightTexts);
  const [opens, setOpens] = useState(0);
  const open = () => setOpens((count) => count + 1);
  // In a field too: no browser has another use for it there.
  useHotkeys([['mod+K', open]], []);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={open}
        aria-label={title}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <IconSearch size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
      {opens > 0 && (
        <Suspense>
          <Palette opens={opens} />
        </Suspense>
      )}
    </>
  );
}
