import { Code, Group } from '@mantine/core';
import { CopyId } from './copy-id.tsx';

interface NamedIdProps {
  readonly id: string;
  /** Undefined if it is not known. */
  readonly name: string | undefined;
}

/** A name in place of an id: the id is its tooltip, and can be copied. */
export function NamedId({ id, name }: NamedIdProps) {
  return (
    <Group gap={4} wrap="nowrap">
      {name === undefined ? (
        <Code className="theirs">{id}</Code>
      ) : (
        <span className="theirs" dir="auto" title={id}>
          {name}
        </span>
      )}
      <CopyId id={id} />
    </Group>
  );
}
