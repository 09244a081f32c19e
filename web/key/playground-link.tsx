import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { keyTexts } from './texts.ts';

/** Opens the playground with this key. */
export function PlaygroundLink({ id }: { readonly id: string }) {
  const { playground } = useTexts(keyTexts);
  return (
    <Button
      variant="default"
      px={{ base: 'xs', sm: 'md' }}
      renderRoot={(props) => <Link {...props} to="/playground" search={{ key: id }} />}
    >
      {playground}
    </Button>
  );
}
