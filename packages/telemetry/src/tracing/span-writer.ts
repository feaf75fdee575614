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

const nibbleOf = (code: number): number => (code < 58 ? code - 48 : code - 87);

/**
 * Writes from the end of the bytes to their beginning, so that the length of a part is known when it is written before it.
 * What does not fit is written nowhere, and `at` is then below 0.
 */
const createPen = (bytes: Uint8Array) => {
  let at = bytes.length;
  const whole = (value: number): void => {
    let length = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) length += 1;
    at -= length;
    let rest = value;
    for (let index = 0; index < length - 1; index += 1, rest >>>= 7) bytes[at + index] = (rest & 127) | 128;
    bytes[at + length - 1] = rest;
  };
  const low32 = (value: number): void => {
    at -= 4;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  };
  const sizedFrom = (end: number, tag: number): void => {
    whole(end - at);
    whole(tag);
  };
  const unicode = (value: string): void => {
    const encoded = Buffer.from(value);
    at -= encoded.length;
    if (at >= 0) bytes.set(encoded, at);
  };
  const characters = (value: string): void => {
    const from = at - value.length;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return unicode(value);
      bytes[from + index] = code;
    }
    at = from;
  };
  return {
    get at() {
      return at;
    },
    backTo: (place: number): void => {
      at = place;
    },
    /** Puts length and tag before what has been written since `end`. */
    sizedFrom,
    whole: (tag: number, value: number): void => {
      whole(value);
      whole(tag);
    },
    flags: (tag: number, value: number): void => {
      low32(value);
      whole(tag);
    },
    text: (tag: number, value: string): void => {
      const end = at;
      characters(value);
      sizedFrom(end, tag);
    },
    /** An id in hexadecimal digits. */
    id: (tag: number, digits: string): void => {
      const end = at;
      at -= digits.length >> 1;
      for (let index = 0; index < digits.length; index += 2) {
        bytes[at + (index >> 1)] = (nibbleOf(digits.charCodeAt(index)) << 4) | nibbleOf(digits.charCodeAt(index + 1));
      }
      sizedFrom(end, tag);
    },
    /** Nanoseconds since 1970, more than a number of JavaScript can tell apart. */
    time: (tag: number, ms: number): void => {
      const seconds = Math.trunc(ms / 1000);
      const nanos = Math.trunc((ms - seconds * 1000) * 1e6);
      // 10⁹ is 5⁹ × 2⁹. The first factor keeps the product exact until 2116; by the second it is shifted.
      const shifted = seconds * 5 ** 9;
      const low = (shifted % 2 ** 23) * 2 ** 9 + nanos;
      low32(Math.floor(shifted / 2 ** 23) + (low < 2 ** 32 ? 0 : 1));
      low32(low);
      whole(tag);
    },
  };
};

type Pen = ReturnType<typeof createPen>;

const writeAttribute = (pen: Pen, tag: number, key: string, value: string | number): void => {
  const end = pen.at;
  if (typeof value === 'string') pen.text(tags.value.text, value);
  else pen.whole(tags.value.whole, value);
  pen.sizedFrom(end, tags.attribute.value);
  pen.text(tags.attribute.key, key);
  pen.sizedFrom(end, tag);
};

const writeAttributes = (pen: Pen, tag: number, attributes: Attributes): void => {
  for (const key in attributes) writeAttribute(pen, tag, key, attributes[key] as string | number);
};

const writeLink = (pen: Pen, { traceId, spanId, traceFlags, isRemote }: SpanContext): void => {
  const end = pen.at;
  pen.flags(tags.link.flags, flagsOf(traceFlags, isRemote));
  pen.id(tags.link.spanId, spanId);
  pen.id(tags.link.traceId, traceId);
  pen.sizedFrom(end, tags.span.link);
};

const writeStatus = (pen: Pen): void => {
  const end = pen.at;
  pen.whole(tags.status.code, errorCode);
  pen.sizedFrom(end, tags.span.status);
};

const writeSpan = (pen: Pen, span: EndedSpan): void => {
  const { context, above } = span;
  const end = pen.at;
  pen.flags(tags.span.flags, flagsOf(context.traceFlags, above?.isRemote));
  if (span.isError) writeStatus(pen);
  for (const link of span.links) writeLink(pen, link);
  writeAttributes(pen, tags.span.attribute, span.attributes);
  pen.time(tags.span.end, span.endMs);
  pen.time(tags.span.start, span.startMs);
  // The kinds of the API begin one lower.
  pen.whole(tags.span.kind, span.kind + 1);
  pen.text(tags.span.name, span.name);
  if (above) pen.id(tags.span.parentSpanId, above.spanId);
  pen.id(tags.span.spanId, context.spanId);
  pen.id(tags.span.traceId, context.traceId);
  pen.sizedFrom(end, tags.scopeSpans.span);
};

/** Puts before the spans what they have in common. */
const writeOrigin = (pen: Pen, end: number, { resource, scope }: Origin): void => {
  const scopeEnd = pen.at;
  pen.text(tags.scope.name, scope);
  pen.sizedFrom(scopeEnd, tags.scopeSpans.scope);
  pen.sizedFrom(end, tags.resourceSpans.scopeSpans);
  const resourceEnd = pen.at;
  writeAttributes(pen, tags.resource.attribute, resource);
  pen.sizedFrom(resourceEnd, tags.resourceSpans.resource);
  pen.sizedFrom(end, tags.request.resourceSpans);
};

/** The lengths before spans take more bytes than those before none. */
const lengthsMax = 16;

/**
 * Makes what writes spans when they end, as OTLP in protobuf. Nothing is left of them but bytes: to keep thousands of
 * objects until the next batch goes costs more than to write them. `size` is that of a batch, in bytes.
 */
export const createSpanWriter = (origin: Origin, size: number): SpanWriter => {
  const bytes = Buffer.alloc(size);
  const pen = createPen(bytes);
  let count = 0;
  writeOrigin(pen, size, origin);
  const room = size - pen.at + lengthsMax;
  pen.backTo(size);
  return {
    write: (span) => {
      const before = pen.at;
      writeSpan(pen, span);
      if (pen.at < room) {
        pen.backTo(before);
        return false;
      }
      count += 1;
      return true;
    },
    take: () => {
      writeOrigin(pen, size, origin);
      const batch = { body: Buffer.from(bytes.subarray(pen.at)), count };
      pen.backTo(size);
      count = 0;
      return batch;
    },
  };
};
