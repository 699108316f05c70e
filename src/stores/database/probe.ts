import type { Knex } from 'knex';

export interface Probe {
  /** `15.18`. */
  readonly version: string;
  /** By the server's own clock. */
  readonly now: Date;
}

/** Asks the server who it is. */
export async function probeDatabase(knex: Knex): Promise<Probe> {
  const { rows } = await knex.raw<{ rows: { version: string; now: Date }[] }>(
    `select current_setting('server_version') as version, clock_timestamp() as now`,
  );
  const [row] = rows;
  if (!row) throw new Error('the database did not say who it is');
  return row;
}
