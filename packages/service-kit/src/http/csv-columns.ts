import { z } from 'zod';

/** The media type of CSV. */
export const csv = 'text/csv';

/** A column of a CSV file: a field of a line, such as `price.amount`. */
export type Column = { readonly name: string; readonly isNumber: boolean };

type Json = {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Json>>;
};

const list = (schema: Json, defs: Json['$defs'], path: readonly string[]): Column[] => {
  const resolved = schema.$ref === undefined ? schema : (defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (resolved.properties) {
    return Object.entries(resolved.properties).flatMap(([name, field]) => list(field, defs, [...path, name]));
  }
  return [{ name: path.join('.'), isNumber: resolved.type === 'integer' || resolved.type === 'number' }];
};

/** Returns the columns of the lines of a schema, in the order of its fields. */
export const listColumns = (line: z.core.$ZodType): Column[] => {
  const schema = z.toJSONSchema(line, { io: 'input', unrepresentable: 'any' }) as Json;
  return list(schema, schema.$defs, []);
};

const number = /^-?\d+(?:\.\d+)?$/;

const setAt = (target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  target[name] ??= {};
  setAt(target[name] as Record<string, unknown>, rest, value);
};

/** Converts the cells of a record to the fields of a line. A cell without a column is ignored, and an empty one is an absent field. */
export const toFields = (cells: readonly string[], columns: readonly (Column | undefined)[]): object => {
  const fields: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (!column || cell === '') continue;
    setAt(fields, column.name.split('.'), column.isNumber && number.test(cell) ? Number(cell) : cell);
  }
  return fields;
};

const getAt = (source: unknown, path: readonly string[]): unknown =>
  path.reduce((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], source);

/** Returns a file with the header and one line, for the reference. */
export const toCsvExample = (line: z.core.$ZodType, example: object): string => {
  const named = listColumns(line).map(({ name }) => [name, getAt(example, name.split('.'))] as const);
  const present = named.filter(([, value]) => value !== undefined);
  return `${present.map(([name]) => name).join(',')}\n${present.map(([, value]) => String(value)).join(',')}\n`;
};
