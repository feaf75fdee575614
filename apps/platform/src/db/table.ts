import type { MigrationStatus } from '@plinth/data-kit';

const heads = ['migration', 'phase', 'state', 'progress', 'holder'] as const;

const progressOf = ({ changed, position, reason }: MigrationStatus): string => {
  const counted = `${changed} changed`;
  return reason ?? (position === undefined ? counted : `${counted}, at ${position}`);
};

const rowOf = (status: MigrationStatus): string[] => [
  status.name,
  status.phase,
  status.known ? status.state : `${status.state} (by newer code)`,
  progressOf(status),
  status.holder ?? '',
];

/** The migrations of one module as lines of text, its columns below each other. */
export const tableOf = (module: string, migrations: readonly MigrationStatus[]): string[] => {
  if (migrations.length === 0) return [`${module}: no migrations.`];
  const rows = [[...heads], ...migrations.map(rowOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [`${module}:`, ...lines.map((line) => `  ${line.trimEnd()}`)];
};
