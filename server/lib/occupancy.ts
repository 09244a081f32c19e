/** How full something is that never holds more than so much. */
export interface Occupancy {
  readonly held: number;
  readonly most: number;
}
