import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { shellTexts } from '../ui/texts.ts';

export function NotFound() {
  const { notFound, notFoundMore, home } = useTexts(shellTexts);
  return (
    <Empty title={notFound}>
      <p>{notFoundMore}</p>
      <Anchor component={Link} to="/keys">
        {home}
      </Anchor>
    </Empty>
  );
}
