import { NotFound } from '../shell/not-found.tsx';
import { Shell } from '../shell/shell.tsx';
import { SearchButton } from '../spotlight/search-button.tsx';

/** The frame of every page, with the search over all of them. */
export const Framed = () => <Shell tools={<SearchButton />} />;

/** Shown at a URL that no page has. */
export const FramedNotFound = () => (
  <Shell tools={<SearchButton />}>
    <NotFound />
  </Shell>
);
