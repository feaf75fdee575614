/** The schedules of the jobs of a module, for **every tenant**: for workers only, never for actions. */
export type Schedules = {
  /**
   * Returns the time of the last run that was planned, and the time of the database. A job whose timetable is new or has changed
   * was planned now, so its first run is the next one.
   */
  begin(job: string, timetable: string): Promise<{ readonly plannedAt: Date; readonly now: Date }>;
  /** Records that every message of the run is stored. An earlier time than the last one changes nothing. */
  setPlanned(job: string, plannedAt: Date): Promise<void>;
  /** Returns each tenant that has documents in a collection. */
  listTenants(collection: string): AsyncIterable<string>;
};
