import { Button } from '@mantine/core';

interface LoadMoreProps {
  /** A list that is loaded in parts. */
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
  readonly label: string;
}

/** The button below a list that loads its next part; nothing if there is none. */
export function LoadMore({ list: { hasNextPage, isFetchingNextPage, fetchNextPage }, label }: LoadMoreProps) {
  if (!hasNextPage) return null;
  return (
    <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      {label}
    </Button>
  );
}
