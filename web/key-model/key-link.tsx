import { Anchor, type AnchorProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';

interface KeyLinkProps extends AnchorProps {
  readonly id: string;
  readonly name: string;
}

/** The name of a key, which leads to its page. */
export const KeyLink = ({ id, name, ...look }: KeyLinkProps) => (
  <Anchor
    renderRoot={(props) => <Link {...props} to="/keys/$id" params={{ id }} />}
    size="sm"
    className="theirs"
    dir="auto"
    title={name}
    {...look}
  >
    {name}
  </Anchor>
);
