import { classifiedFields, type DataClass } from '@plinth/contract-kit';
import type { z } from 'zod';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const redactValue = (value: unknown, classes: ReadonlyMap<string, DataClass>): unknown => {
  if (Array.isArray(value)) return value.map((item) => redactValue(item, classes));
  if (value instanceof Date) return new Date(value);
  if (!isObject(value)) return value;
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const dataClass = classes.get(name);
    fields[name] = dataClass === undefined || field === undefined ? redactValue(field, classes) : `[${dataClass}]`;
  }
  return fields;
};

/**
 * Creates a function that copies a document and replaces its classified values by `[pii]` and `[secret]`.
 * @param schema the schema of the document, whose data classes decide.
 */
export const createRedactor = (schema: z.core.$ZodType): ((fields: object) => Fields) => {
  const classes = classifiedFields([schema]);
  return (fields) => redactValue(fields, classes) as Fields;
};
