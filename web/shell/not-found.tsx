import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';

export function NotFound() {
  const { notFound, notFoundMore, home } = useTexts(shellTexts);
  return (
    <ConsolePage title={notFound} description={notFoundMore}>
      <Anchor component={Link} to="/">
        {home}
      </Anchor>
    </ConsolePage>
  );
}
