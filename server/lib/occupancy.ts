/** How full a bounded table is. */
export interface Occupancy {
  readonly held: number;
  readonly most: number;
}
