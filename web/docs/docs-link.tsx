import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DocsPageName } from '../../shared/docs-pages.ts';

interface DocsLinkProps {
  readonly page: DocsPageName;
  /** The anchor of a heading; the top of the page if empty. */
  readonly anchor?: string;
  readonly size?: 'sm';
  /** The language of its text, if it is not that of the page around it. */
  readonly lang?: 'en';
  readonly children: ReactNode;
}

/** A link to a page of the docs within the console. */
export function DocsLink({ page, anchor = '', size, lang, children }: DocsLinkProps) {
  const hash = anchor === '' ? {} : { hash: anchor };
  return (
    <Anchor
      {...(size && { size })}
      {...(lang && { lang })}
      renderRoot={(props) => <Link to="/docs/$" params={{ _splat: page }} {...hash} {...props} />}
    >
      {children}
    </Anchor>
  );
}
