import type { SpanContext, SpanKind } from '@opentelemetry/api';

/** What a span may say of something: a text, or a whole number from 0 to 2³¹ − 1. */
export type Attributes = Readonly<Record<string, string | number>>;

/** True for a value that can be written. */
const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && value === value >>> 0 && value < 2 ** 31);

/** Those of the SDK's attributes that can be written: it has lists and fractions too. */
export const plainOf = (entries: readonly (readonly [key: string, value: unknown])[]): Attributes =>
  Object.fromEntries(entries.filter((entry): entry is [string, string | number] => isPlain(entry[1])));

/** A span that has ended. */
export type EndedSpan = {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  /** The span that it is below; none for the first of a trace. */
  readonly above: SpanContext | undefined;
  /** In milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly isError: boolean;
  readonly links: readonly SpanContext[];
};

/** What the spans of a process come from. */
export type Origin = { readonly resource: Attributes; readonly scope: string };

/** Spans in the form in which they travel. */
export type SpanBatch = { readonly body: Uint8Array; readonly count: number };

export type SpanWriter = {
  /** False when there is no room for it, and then it is not written. */
  write(span: EndedSpan): boolean;
  /** What has been written since it was called last. */
  take(): SpanBatch;
};

/**
 * The fields that are written, each by its number and the form of its value:
 * https://github.com/open-telemetry/opentelemetry-proto, version 1.
 */
const varint = 0;
const bits64 = 1;
const sized = 2;
const bits32 = 5;
const tagOf = (field: number, form: number): number => (field << 3) | form;
const tags = {
  request: { resourceSpans: tagOf(1, sized) },
  resourceSpans: { resource: tagOf(1, sized), scopeSpans: tagOf(2, sized) },
  resource: { attribute: tagOf(1, sized) },
  scopeSpans: { scope: tagOf(1, sized), span: tagOf(2, sized) },
  scope: { name: tagOf(1, sized) },
  attribute: { key: tagOf(1, sized), value: tagOf(2, sized) },
  value: { text: tagOf(1, sized), whole: tagOf(3, varint) },
  span: {
    traceId: tagOf(1, sized),
    spanId: tagOf(2, sized),
    parentSpanId: tagOf(4, sized),
    name: tagOf(5, sized),
    kind: tagOf(6, varint),
    start: tagOf(7, bits64),
    end: tagOf(8, bits64),
    attribute: tagOf(9, sized),
    link: tagOf(13, sized),
    status: tagOf(15, sized),
    flags: tagOf(16, bits32),
  },
  link: { traceId: tagOf(1, sized), spanId: tagOf(2, sized), flags: tagOf(6, bits32) },
  status: { code: tagOf(3, varint) },
} as const;

const errorCode = 2;

/** The flags of a span or link tell besides whether they know where the span above was, and whether that was elsewhere. */
const knowsWhere = 0x100;
const elsewhere = 0x200;
const flagsOf = (traceFlags: number, isRemote = false): number => traceFlags | knowsWhere | (isRemote ? elsewhere : 0);

/** The value of a hexadecimal digit, by its character. */
const nibbles = new Uint8Array(128);
for (let value = 0; value < 16; value += 1) nibbles[value.toString(16).charCodeAt(0)] = value;

/**
 * Where bytes are being written, from their end to their beginning: the length of a part is known when it is written
 * before the part. `at` is below 0 when they did not fit; what should have been there is written nowhere.
 */
type Pen = { readonly bytes: Buffer; at: number };

const putVarint = (pen: Pen, value: number): void => {
  let length = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length += 1;
  pen.at -= length;
  let rest = value;
  for (let index = 0; index < length - 1; index += 1, rest >>>= 7) pen.bytes[pen.at + index] = (rest & 127) | 128;
  pen.bytes[pen.at + length - 1] = rest;
};

const putLow32 = (pen: Pen, value: number): void => {
  pen.at -= 4;
  pen.bytes[pen.at] = value;
  pen.bytes[pen.at + 1] = value >>> 8;
  pen.bytes[pen.at + 2] = value >>> 16;
  pen.bytes[pen.at + 3] = value >>> 24;
};

/** Puts length and tag before what has been written since `end`. */
const putSize = (pen: Pen, tag: number, end: number): void => {
  putVarint(pen, end - pen.at);
  putVarint(pen, tag);
};

const putWhole = (pen: Pen, tag: number, value: number): void => {
  putVarint(pen, value);
  putVarint(pen, tag);
};

const putFlags = (pen: Pen, tag: number, value: number): void => {
  putLow32(pen, value);
  putVarint(pen, tag);
};

const putUnicode = (pen: Pen, text: string): void => {
  const encoded = Buffer.from(text);
  pen.at -= encoded.length;
  if (pen.at >= 0) pen.bytes.set(encoded, pen.at);
};

const putCharacters = (pen: Pen, text: string): void => {
  const from = pen.at - text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      putUnicode(pen, text);
      return;
    }
    pen.bytes[from + index] = code;
  }
  pen.at = from;
};

const putText = (pen: Pen, tag: number, text: string): void => {
  const end = pen.at;
  putCharacters(pen, text);
  putSize(pen, tag, end);
};

/** Puts an id that is given in hexadecimal digits. */
const putId = (pen: Pen, tag: number, digits: string): void => {
  const end = pen.at;
  pen.at -= digits.length >> 1;
  for (let index = 0; index < digits.length; index += 2) {
    const high = nibbles[digits.charCodeAt(index)] as number;
    pen.bytes[pen.at + (index >> 1)] = (high << 4) | (nibbles[digits.charCodeAt(index + 1)] as number);
  }
  putSize(pen, tag, end);
};

/** Puts nanoseconds since 1970, which are more than a number of JavaScript can tell apart. */
const putTime = (pen: Pen, tag: number, ms: number): void => {
  const seconds = Math.trunc(ms / 1000);
  const nanos = Math.trunc((ms - seconds * 1000) * 1e6);
  // 10⁹ is 5⁹ × 2⁹. The first factor keeps the product exact until 2116; by the second it is shifted.
  const shifted = seconds * 5 ** 9;
  const low = (shifted % 2 ** 23) * 2 ** 9 + nanos;
  putLow32(pen, Math.floor(shifted / 2 ** 23) + (low < 2 ** 32 ? 0 : 1));
  putLow32(pen, low);
  putVarint(pen, tag);
};

const writeAttributes = (pen: Pen, tag: number, attributes: Attributes): void => {
  for (const key in attributes) {
    const value = attributes[key] as string | number;
    const end = pen.at;
    if (typeof value === 'string') putText(pen, tags.value.text, value);
    else putWhole(pen, tags.value.whole, value);
    putSize(pen, tags.attribute.value, end);
    putText(pen, tags.attribute.key, key);
    putSize(pen, tag, end);
  }
};

const writeLink = (pen: Pen, { traceId, spanId, traceFlags, isRemote }: SpanContext): void => {
  const end = pen.at;
  putFlags(pen, tags.link.flags, flagsOf(traceFlags, isRemote));
  putId(pen, tags.link.spanId, spanId);
  putId(pen, tags.link.traceId, traceId);
  putSize(pen, tags.span.link, end);
};

const writeStatus = (pen: Pen): void => {
  const end = pen.at;
  putWhole(pen, tags.status.code, errorCode);
  putSize(pen, tags.span.status, end);
};

const writeSpan = (pen: Pen, span: EndedSpan): void => {
  const { context, above } = span;
  const end = pen.at;
  putFlags(pen, tags.span.flags, flagsOf(context.traceFlags, above?.isRemote));
  if (span.isError) writeStatus(pen);
  for (const link of span.links) writeLink(pen, link);
  writeAttributes(pen, tags.span.attribute, span.attributes);
  putTime(pen, tags.span.end, span.endMs);
  putTime(pen, tags.span.start, span.startMs);
  // The kinds of the API begin one lower.
  putWhole(pen, tags.span.kind, span.kind + 1);
  putText(pen, tags.span.name, span.name);
  if (above) putId(pen, tags.span.parentSpanId, above.spanId);
  putId(pen, tags.span.spanId, context.spanId);
  putId(pen, tags.span.traceId, context.traceId);
  putSize(pen, tags.scopeSpans.span, end);
};

/** Puts before the spans what they have in common. */
const writeOrigin = (pen: Pen, end: number, { resource, scope }: Origin): void => {
  const scopeEnd = pen.at;
  putText(pen, tags.scope.name, scope);
  putSize(pen, tags.scopeSpans.scope, scopeEnd);
  putSize(pen, tags.resourceSpans.scopeSpans, end);
  const resourceEnd = pen.at;
  writeAttributes(pen, tags.resource.attribute, resource);
  putSize(pen, tags.resourceSpans.resource, resourceEnd);
  putSize(pen, tags.request.resourceSpans, end);
};

/** The lengths before spans take more bytes than those before none. */
const lengthsMax = 16;

/**
 * Makes what writes spans when they end, as OTLP in protobuf. Nothing is left of them but bytes: to keep thousands of
 * objects until the next batch goes costs more than to write them. `size` is that of a batch, in bytes.
 */
export const createSpanWriter = (origin: Origin, size: number): SpanWriter => {
  const pen: Pen = { bytes: Buffer.alloc(size), at: size };
  let count = 0;
  writeOrigin(pen, size, origin);
  const room = size - pen.at + lengthsMax;
  pen.at = size;
  return {
    write: (span) => {
      const before = pen.at;
      writeSpan(pen, span);
      if (pen.at < room) {
        pen.at = before;
        return false;
      }
      count += 1;
      return true;
    },
    take: () => {
      writeOrigin(pen, size, origin);
      const batch = { body: Buffer.from(pen.bytes.subarray(pen.at)), count };
      pen.at = size;
      count = 0;
      return batch;
    },
  };
};
