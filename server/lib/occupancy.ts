/** How full a bounded table is. */
export interface Occupancy {
  readonly used: number;
  readonly capacity: number;
}

/** How full several tables are together. */
export function totalOccupancy(...tables: readonly Occupancy[]): Occupancy {
  return tables.reduce(
    (total, { used, capacity }) => ({ used: total.used + used, capacity: total.capacity + capacity }),
    { used: 0, capacity: 0 },
  );
}
