import type { MigrationStatus } from '@plinth/data-kit';
import type { MigrationContext } from './pending.ts';
import { createRecord, type MigrationRecord, type MigrationState } from './record.ts';

/** Returns the migrations with their states, those of newer code last. */
export const getStatus = (
  { migrations, clock }: MigrationContext,
  { records, lease }: MigrationState,
): MigrationStatus[] => {
  const now = clock.now();
  const holder = lease && lease.expiresAt > now ? lease.holder : undefined;
  const toStatus =
    (known: boolean) =>
    (record: MigrationRecord): MigrationStatus => ({
      name: record._id,
      phase: record.phase,
      state: record.state,
      known,
      changed: record.changed,
      ...(record.position !== '' && { position: record.position }),
      ...(record.state === 'failed' && record.reason !== undefined && { reason: record.reason }),
      ...(record.state === 'running' && holder !== undefined && { holder }),
    });
  const knownRecords = migrations.map(
    (migration) => records.get(migration.name) ?? createRecord(migration, { state: 'pending', now }),
  );
  const names = new Set(knownRecords.map(({ _id }) => _id));
  const newer = [...records.values()].filter(({ _id }) => !names.has(_id));
  return [...knownRecords.map(toStatus(true)), ...newer.map(toStatus(false))];
};
