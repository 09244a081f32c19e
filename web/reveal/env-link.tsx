import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import type { Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';

const envOf = ({ secret, signingSecret }: Revealed): string =>
  `KEYSEAL_URL=${SERVICE_URL}\nKEYSEAL_API_KEY=${secret}\n${signingSecret === null ? '' : `KEYSEAL_SIGNING_SECRET=${signingSecret}\n`}`;

/** The key as a file of environment variables. The link's content exists only in this page, and ends with the link. */
export function EnvLink({ revealed }: { readonly revealed: Revealed }) {
  const { download } = useTexts(revealTexts);
  const [href, setHref] = useState<string>();
  const env = envOf(revealed);
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([env], { type: 'text/plain' }));
    setHref(url);
    return () => URL.revokeObjectURL(url);
  }, [env]);
  // Browsers rename a file that begins with a dot when they save it.
  return (
    <Button component="a" href={href} download="keyseal.env" variant="default">
      {download}
    </Button>
  );
}
