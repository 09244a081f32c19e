/**
 * The audience that a workspace gives its exchange rules, unless it chooses another: no other workspace would choose it.
 * @param url the public origin of the service
 */
export const suggestAudience = (url: string, workspaceId: string): string => `${url}/${workspaceId}`;
