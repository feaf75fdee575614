import type { MigrationStatus } from '@plinth/data-kit';
import { alignColumns } from '../command-line.ts';

const headers = ['migration', 'phase', 'state', 'progress', 'holder'] as const;

const toProgress = ({ changed, position, reason }: MigrationStatus): string =>
  reason ?? `${changed} changed${position === undefined ? '' : `, at ${position}`}`;

const toRow = (status: MigrationStatus): string[] => [
  status.name,
  status.phase,
  status.known ? status.state : `${status.state} (by newer code)`,
  toProgress(status),
  status.holder ?? '',
];

/** Converts the migrations of one module to lines of text with aligned columns. */
export const toTable = (module: string, migrations: readonly MigrationStatus[]): string[] => {
  if (migrations.length === 0) return [`${module}: no migrations.`];
  const lines = alignColumns([headers, ...migrations.map(toRow)]);
  return [`${module}:`, ...lines.map((line) => `  ${line}`)];
};
