import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../logger.ts';
import { collectLines } from '../output/collect-lines.ts';

const canary = 'CANARY-7f3a';

const classifiedName = fc.constantFrom(
  'email',
  'Email',
  'phone_number',
  'phoneNumber',
  'pin',
  'password',
  'Set-Cookie',
  'x-api-key',
);
const unclassifiedName = fc.constantFrom(
  'user',
  'items',
  'err',
  'cause',
  'headers',
  'constructor',
  '__proto__',
  'toJSON',
  'length',
);

// The value of a classified name: the canary, or anything that contains it.
const classifiedValue = fc.oneof(
  fc.constant<unknown>(canary),
  fc.constant<unknown>([canary, { any: canary }]),
  fc.constant<unknown>({ any: { thing: canary }, toJSON: () => canary }),
  fc.constant<unknown>(new Map([[canary, canary]])),
  fc.constant<unknown>(new Error(canary, { cause: canary })),
);

const createObject = (name: string, value: unknown): Record<string, unknown> => {
  const object: Record<string, unknown> = {};
  Object.defineProperty(object, name, { value, enumerable: true });
  return object;
};

class MongoServerError extends Error {
  override readonly name = 'MongoServerError';
}

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 9, depthSize: 'small' },
    fc.tuple(classifiedName, classifiedValue).map(([name, value]): unknown => createObject(name, value)),
    fc.tuple(unclassifiedName, tie('tree')).map(([name, value]): unknown => createObject(name, value)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(tie('tree'), { maxLength: 2 }).map((items): unknown => new Set(items)),
    fc.tuple(unclassifiedName, tie('tree')).map((pair): unknown => new Map([pair])),
    tie('tree').map((cause): unknown => new Error('outer', { cause })),
    tie('tree').map((cause): unknown => new MongoServerError(`bad value ${canary}`, { cause })),
    tie('tree').map((inner): unknown => new AggregateError([inner], 'many')),
    tie('tree').map((inner): unknown => ({ toJSON: () => inner })),
    tie('tree').map((inner): unknown => Object.assign(new Error('with a body'), { body: canary, inner })),
    fc.anything(),
  ),
}));

describe('redaction', () => {
  it('removes the value of a classified field at any depth, in any container', () => {
    fc.assert(
      fc.property(unclassifiedName, tree, (name, value) => {
        const out = collectLines();
        const classified = new Map([
          ['email', 'pii'],
          ['phoneNumber', 'pii'],
          ['pin', 'secret'],
        ] as const);
        const log = createLogger({ level: 'info', service: 'test', classified, destination: out });
        log.info('planted', createObject(name, value));
        log.error('planted', { value });
        expect(out.records()).toMatchObject([{ event: 'planted' }, { event: 'planted' }]);
        for (const line of out.lines) {
          expect(line).not.toContain(canary);
          expect(line.indexOf('\n')).toBe(line.length - 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
