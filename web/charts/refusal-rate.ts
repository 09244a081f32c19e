/** The share of refused calls, 0 to 1; null without calls. */
export function refusalRate({
  accepted,
  refused,
}: {
  readonly accepted: number;
  readonly refused: number;
}): number | null {
  const calls = accepted + refused;
  return calls === 0 ? null : refused / calls;
}
