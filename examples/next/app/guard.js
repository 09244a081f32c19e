import { createGuard } from '@keyseal/client/guard';

const { KEYSEAL_URL, KEYSEAL_API_KEY, KEYSEAL_SIGNING_SECRET, AUTHORITY, BASE_PATH } = process.env;

let created;

/** Created with the first request: a build has no secrets. */
export function guard() {
  created ??= createGuard({
    url: KEYSEAL_URL,
    apiKey: KEYSEAL_API_KEY,
    signingSecret: KEYSEAL_SIGNING_SECRET,
    authority: AUTHORITY,
    // The basePath of next.config.js, which Next hides from route handlers.
    ...(BASE_PATH && { basePath: BASE_PATH }),
    onError: console.error,
  });
  return created;
}
