import { pipeline, Readable } from 'node:stream';
import { commonErrors, type UploadSpec } from '@plinth/contract-kit';
import type { OperationLine } from '@plinth/data-kit';
import { CsvError, parse } from 'csv-parse';
import { csv, listColumns, toFields } from './csv-columns.ts';
import { ndjson } from './stream.ts';

/** The media types of uploads. */
export const uploadTypes = [ndjson, csv] as const;

/** The longest line of a file, in characters. It bounds the memory of an upload. */
export const lineLengthMax = 64 * 1024;

const tooLong = (line: number) =>
  commonErrors.payloadTooLarge({ detail: `Line ${line} has more than ${lineLengthMax} characters.` });

/** Decodes UTF-8, without its byte order mark. @throws `invalid-request` for other bytes, which would be stored as other characters. */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (part?: Uint8Array): string => {
    try {
      return part ? decoder.decode(part, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw commonErrors.invalidRequest({ detail: 'The body is not UTF-8.', cause });
    }
  };
  for await (const part of bytes) yield decode(part);
  yield decode();
}

const toLine = (line: number, text: string): OperationLine[] => (text.trim() === '' ? [] : [{ line, text }]);

/** Returns the lines of NDJSON that are not blank. The job parses them. @throws `payload-too-large` for a longer line. */
async function* readNdjson(texts: AsyncIterable<string>): AsyncGenerator<OperationLine> {
  let rest = '';
  let line = 1;
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const complete of lines) {
      if (complete.length > lineLengthMax) throw tooLong(line);
      yield* toLine(line, complete);
      line += 1;
    }
    if (rest.length > lineLengthMax) throw tooLong(line);
  }
  yield* toLine(line, rest);
}

/** A file that is malformed at one place has no certain records after it, so it is refused as a whole. */
const toCsvProblem = (error: unknown): unknown => {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error['lines']) || 1;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(line);
  return commonErrors.invalidRequest({
    detail: `The CSV is malformed at line ${line}: a quote is not closed, or a cell with quotes is not quoted as a whole.`,
    fix: 'Put a cell with quotes, commas or line breaks between quotes, and double the quotes in it.',
    cause: error,
  });
};

const toColumns = (header: readonly string[], { line }: UploadSpec) => {
  const known = listColumns(line);
  const columns = header.map((name) => known.find((column) => column.name === name.trim()));
  if (columns.some((column) => column !== undefined)) return columns;
  throw commonErrors.invalidRequest({
    detail: `The first line of the CSV names none of the columns ${known.map(({ name }) => name).join(', ')}.`,
    fix: 'Send a first line with the names of the columns, separated by commas.',
  });
};

/** Replaces CRLF by LF, because the parser counts a CRLF in quotes as two lines. */
async function* withLineFeeds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const whole = rest + text;
    rest = whole.endsWith('\r') ? '\r' : '';
    yield whole.slice(0, whole.length - rest.length).replaceAll('\r\n', '\n');
  }
  yield rest;
}

type CsvRecord = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

async function* readRecords(texts: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const parser = parse({
    info: true,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: lineLengthMax,
  });
  // The loop below receives the errors of both.
  const records = pipeline(Readable.from(withLineFeeds(texts)), parser, () => undefined);
  try {
    for await (const record of records) yield record as CsvRecord;
  } catch (error) {
    throw toCsvProblem(error);
  }
}

/** Returns the records of CSV as JSON. The first one names the columns. */
async function* readCsv(texts: AsyncIterable<string>, upload: UploadSpec): AsyncGenerator<OperationLine> {
  let columns: ReturnType<typeof toColumns> | undefined;
  for await (const { record, info } of readRecords(texts)) {
    if (!columns) {
      columns = toColumns(record, upload);
      continue;
    }
    const { lines: line } = info;
    if (record.length === columns.length) yield { line, text: JSON.stringify(toFields(record, columns)) };
    else yield { line, problem: `The number of cells is ${record.length} instead of ${columns.length}.` };
  }
}

/** Returns the lines of an uploaded file, with a few in memory. @throws `invalid-request` and `payload-too-large`. */
export const readLines = (
  bytes: AsyncIterable<Uint8Array>,
  { type, upload }: { readonly type: string; readonly upload: UploadSpec },
): AsyncIterable<OperationLine> => {
  const texts = decodeText(bytes);
  return type.toLowerCase().startsWith(csv) ? readCsv(texts, upload) : readNdjson(texts);
};
