import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOtlp } from '../testing/otlp.ts';
import { createSpanWriter, type EndedSpan, plainOf } from './span-writer.ts';

const origin = { resource: { 'service.name': 'svc-users', 'host.arch': 'größer' }, scope: '@plinth/telemetry' };

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const aContext = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(0, 1),
  isRemote: fc.boolean(),
});
const aWhole = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const aMoment = fc.double({ min: 0, max: Date.UTC(2100), noNaN: true });

const aSpan: fc.Arbitrary<EndedSpan> = fc.record({
  name: fc.string({ unit: 'grapheme', maxLength: 300 }),
  kind: fc.integer({ min: 0, max: 4 }),
  context: aContext,
  above: fc.option(aContext, { nil: undefined }),
  startMs: aMoment,
  endMs: aMoment,
  attributes: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string({ unit: 'grapheme' }), aWhole), {
    noNullPrototype: true,
  }),
  isError: fc.boolean(),
  links: fc.array(aContext, { maxLength: 70 }),
});

const base64 = (digits: string): string => Buffer.from(digits, 'hex').toString('base64');
const nanosOf = (ms: number): bigint => {
  const seconds = Math.trunc(ms / 1000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.trunc((ms - seconds * 1000) * 1e6));
};
const flagsOf = (traceFlags: number, isRemote: boolean | undefined) => traceFlags + 0x100 + (isRemote ? 0x200 : 0);
const asSent = (span: EndedSpan) => ({
  name: span.name,
  kind: span.kind + 1,
  traceId: base64(span.context.traceId),
  spanId: base64(span.context.spanId),
  parentSpanId: base64(span.above?.spanId ?? ''),
  startTimeUnixNano: String(nanosOf(span.startMs)),
  endTimeUnixNano: String(nanosOf(span.endMs)),
  flags: flagsOf(span.context.traceFlags, span.above?.isRemote),
  status: span.isError ? { code: 2 } : null,
});

const spansIn = (body: Uint8Array) => decodeOtlp(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans[0]?.spans);

describe('a batch of spans', () => {
  it('is read by any reader of OTLP as the spans that were written', () => {
    fc.assert(
      fc.property(fc.array(aSpan, { maxLength: 5 }), (spans) => {
        const writer = createSpanWriter(origin, 1_000_000);
        for (const span of spans) expect(writer.write(span)).toBe(true);
        const { body, count } = writer.take();
        expect(count).toBe(spans.length);
        // The last one that was written comes first.
        const sent = spansIn(body).reverse();
        expect(sent).toMatchObject(spans.map(asSent));
        for (const [index, { attributes, links }] of spans.entries()) {
          expect(sent[index]?.attributes.toReversed()).toEqual(
            Object.entries(attributes).map(([key, value]) => ({
              key,
              value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
            })),
          );
          expect(sent[index]?.links.toReversed()).toEqual(
            links.map(({ traceId, spanId, traceFlags, isRemote }) => ({
              traceId: base64(traceId),
              spanId: base64(spanId),
              flags: flagsOf(traceFlags, isRemote),
            })),
          );
        }
      }),
    );
  });

  it('says once what it comes from', () => {
    const writer = createSpanWriter(origin, 10_000);
    const [span] = fc.sample(aSpan, 1) as [EndedSpan];
    writer.write({ ...span, name: 'a', links: [] });
    writer.write({ ...span, name: 'b', links: [] });
    const { resourceSpans } = decodeOtlp(writer.take().body);
    expect(resourceSpans).toMatchObject([
      {
        resource: {
          attributes: [
            { key: 'host.arch', value: { stringValue: 'größer' } },
            { key: 'service.name', value: { stringValue: 'svc-users' } },
          ],
        },
        scopeSpans: [{ scope: { name: '@plinth/telemetry' }, spans: [{ name: 'b' }, { name: 'a' }] }],
      },
    ]);
  });

  it('boundary: has all that fits, whole, and says of the first that does not', () => {
    fc.assert(
      fc.property(
        fc.array(aSpan, { minLength: 8, maxLength: 40 }),
        fc.integer({ min: 200, max: 4000 }),
        (spans, size) => {
          const writer = createSpanWriter(origin, size);
          const written = spans.filter(writer.write);
          const { body, count } = writer.take();
          expect(count).toBe(written.length);
          expect(body.length).toBeLessThanOrEqual(size);
          expect(spansIn(body).reverse()).toMatchObject(written.map(asSent));
          expect(writer.take()).toMatchObject({ count: 0 });
        },
      ),
    );
  });
});

it('leaves out what is no text and no whole number', () => {
  const entries = Object.entries({ a: 'text', b: 1, c: 1.5, d: -1, e: 2 ** 31, f: ['a'], g: true, h: undefined, i: 0 });
  expect(plainOf(entries)).toEqual({ a: 'text', b: 1, i: 0 });
});
