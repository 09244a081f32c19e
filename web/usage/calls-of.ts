import { useNavigate } from '@tanstack/react-router';
import type { Environment } from '../../shared/key-format.ts';
import type { UsageStep } from '../charts/ranges.ts';
import { placeOfBucket } from './bucket-place.ts';
import type { UsageSearch } from './usage-search.ts';

/** Whose calls a page shows. */
export interface CallsOf {
  /** The id of the only key; undefined for all. */
  readonly key?: string | undefined;
  /** That of the only keys. */
  readonly environment?: Environment | undefined;
  /** The only procedure. */
  readonly procedure?: string | undefined;
}

/** Opens what there is to see of a bucket. @returns null if there is nothing more */
export type OpenBucket = (at: string) => (() => void) | null;

/** @param onSearch shows another period on the same page */
export function useOpenBucket(
  step: UsageStep,
  calls: CallsOf,
  onSearch: (search: UsageSearch) => void,
): OpenBucket {
  const navigate = useNavigate();
  return (at) => {
    const place = placeOfBucket(at, step, Date.now());
    if (place === null) return null;
    if ('day' in place) return () => onSearch({ range: 'days', from: place.day, to: place.day });
    return () => void navigate({ to: '/requests', search: { ...calls, ...place } });
  };
}
