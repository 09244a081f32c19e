import type { RequestsSearch } from './requests-search.ts';

/** The filter without the call that is open. */
export const filterOf = ({ call: _, ...filter }: RequestsSearch): Omit<RequestsSearch, 'call'> => filter;

/** The filter as the input of `requests.list`. */
export function requestsInput({ key, from, to, ...rest }: Omit<RequestsSearch, 'call'>) {
  return {
    ...rest,
    ...(key ? { keyId: key } : {}),
    ...(from ? { from: new Date(`${from}Z`).toISOString() } : {}),
    ...(to ? { to: new Date(`${to}Z`).toISOString() } : {}),
  };
}
