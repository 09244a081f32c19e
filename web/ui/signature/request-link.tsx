import { Anchor, Code } from '@mantine/core';
import { Link } from '@tanstack/react-router';

interface RequestLinkProps {
  readonly id: string;
  readonly className?: string | undefined;
}

/** The id of a request that a key made, which leads to its calls in the request log. */
export const RequestLink = ({ id, className }: RequestLinkProps) => (
  <Anchor
    renderRoot={(props) => <Link {...props} to="/requests" search={{ requestId: id }} />}
    className={className}
    title={id}
  >
    <Code>{id}</Code>
  </Anchor>
);
