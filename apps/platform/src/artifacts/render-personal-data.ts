import { classifiedFields } from '@plinth/contract-kit';
import type { Module } from '@plinth/service-kit';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

type Collection = Module['collections'][string];

const toPeriod = ({ softDelete, purgeAfterDays, expireAfterDays, retention }: Collection): string => {
  if (retention !== undefined) return retention;
  if (expireAfterDays !== undefined) return `until ${expireAfterDays} days after the last change`;
  return softDelete ? `until ${purgeAfterDays} days after the removal` : 'until the removal';
};

const renderCollection = (module: string, collection: Collection): string[] =>
  [...classifiedFields([collection.schema])].map(([field, dataClass]) =>
    row(`\`${module}.${collection.name}\``, `\`${field}\``, dataClass, toPeriod(collection)),
  );

/** Renders the personal and secret data that is stored, by the data classes of the collections, as Markdown. */
export const renderPersonalData = (modules: readonly Module[]): string =>
  [
    '# Personal data',
    '',
    'The register of personal (`pii`) and secret data: which is stored, where, and for how long. Generated from the data classes of the',
    'collections by `npm run build`.',
    '',
    '| collection | field | class | kept |',
    '| --- | --- | --- | --- |',
    ...modules.flatMap(({ name, collections }) =>
      Object.values(collections).flatMap((collection) => renderCollection(name, collection)),
    ),
    '',
    'The same data in other places:',
    '',
    '| place | form | kept |',
    '| --- | --- | --- |',
    row(
      'changes in the journal of a module',
      'replaced by its class, `[pii]` or `[secret]`',
      '7 days, or until a reader has passed it',
    ),
    row(
      'audit events',
      'replaced by its class; ids of users are kept',
      'for good, even after an erasure: they have classes instead of personal data',
    ),
    row('responses that are stored for an idempotency key', 'as sent to the client', '25 hours; of refusals 2 hours'),
    row('events in the journal of a module', 'ids of users at most', '7 days, or until a reader has passed it'),
    row('events and jobs in the inbox of a module', 'ids of users at most', '8 days after they were handled'),
    row(
      'log lines',
      'replaced by its class; ids of users and organizations are kept',
      'as the log store is configured',
    ),
    row(
      '[security events](observability.md#security-events) in the log',
      'the network address of the client; otherwise as other log lines',
      'as the log store is configured, at most 90 days',
    ),
    row('traces and metrics', 'none', ''),
    row('list cursors', 'encrypted', 'not stored'),
    row('backups', 'as stored', 'as [backups](backup.md) are kept; a restored backup is purged again by its indexes'),
    '',
  ].join('\n');
