import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThingDocument } from '../../test/things.ts';
import { defineCollection, type IndexSpec } from '../collections/define-collection.ts';
import { type ListPlan, planList } from './plan.ts';

const names = ['_id', 'createdAt', 'name', 'group', 'rank'] as const;
type Name = (typeof names)[number];
type Case = { readonly indexes: Record<string, IndexSpec<Name>>; readonly where: object; readonly sort: string };

const anyIndex: fc.Arbitrary<IndexSpec<Name>> = fc.record(
  { fields: fc.shuffledSubarray([...names], { minLength: 1 }), unique: fc.constant('taken') },
  { requiredKeys: ['fields'], noNullPrototype: true },
);
const anyCondition = fc.constantFrom<unknown>('a', { $gte: 'a' }, { $gt: 'a', $lt: 'b' }, { $in: ['a', 'b'] });

const anyCase: fc.Arbitrary<Case> = fc.record({
  indexes: fc.dictionary(fc.stringMatching(/^by[A-Z]{1,3}$/), anyIndex, { maxKeys: 8, noNullPrototype: true }),
  where: fc.dictionary(fc.constantFrom(...names), anyCondition, { maxKeys: 3, noNullPrototype: true }),
  sort: fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...names)).map(([minus, name]) => minus + name),
});

const toPlan = ({ indexes, where, sort }: Case): ListPlan =>
  planList(defineCollection('things', ThingDocument, { tenancy: 'tenant', indexes }), { where: { ...where }, sort });

const getFields = (where: object, isKind: (condition: unknown) => boolean): string[] =>
  Object.entries(where).flatMap(([name, condition]) => (isKind(condition) ? [name] : []));
const isEqual = (condition: unknown): boolean => condition === 'a';
const isIn = (condition: unknown): boolean => Object.keys(condition as object).includes('$in');

/** The same case with the index that the refusal names, if it names one. */
const withAdvisedIndex = (list: Case, advice: string): Case | undefined => {
  const fields = /Add \[(.+)\] to/.exec(advice)?.[1]?.split(', ') as Name[] | undefined;
  return fields && { ...list, indexes: { ...list.indexes, advised: { fields } } };
};

const planOrMessage = (list: Case): ListPlan | string => {
  try {
    return toPlan(list);
  } catch (error) {
    return (error as TypeError).message;
  }
};

describe('a plan', () => {
  it('uses an index of the equality fields, then the sort field and the id, or a unique index whose fields are all compared by equality', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const plan = planOrMessage(list);
        fc.pre(typeof plan === 'object');
        const { fields, unique } = list.indexes[plan.index] as IndexSpec;
        const equal = getFields(list.where, isEqual);
        if (plan.single) {
          expect(unique).toBe('taken');
          expect(fields.toSorted()).toEqual(equal.toSorted());
          return;
        }
        const order = [...new Set([plan.field, '_id'])];
        expect(fields).toEqual([...plan.prefix, ...order, ...plan.trailing]);
        // One field has several values at most, and stands before the sorted one.
        const inFields = getFields(list.where, isIn);
        expect(plan.prefix.toSorted()).toEqual([...equal, ...inFields].toSorted());
        expect([plan.inField]).toEqual(inFields.length === 0 ? [undefined] : inFields);
        // Of the bounds, those on one field after the sorted one are compared with keys of the index.
        const bounded = getFields(list.where, (condition) => !isEqual(condition) && !isIn(condition));
        expect(bounded.filter((name) => name !== plan.field)).toEqual(plan.skippedBy ? [plan.skippedBy] : []);
        if (plan.skippedBy) expect(plan.trailing).toContain(plan.skippedBy);
      }),
      { numRuns: 300 },
    );
  });

  it('exists after the index that the refusal names has been added', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const refusal = planOrMessage(list);
        fc.pre(typeof refusal === 'string');
        const advised = withAdvisedIndex(list, refusal);
        fc.pre(advised !== undefined);
        expect(planOrMessage(advised)).toMatchObject({ index: 'advised' });
      }),
    );
  });

  it('is refused without naming an index only when no index would help', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const refusal = planOrMessage(list);
        fc.pre(typeof refusal === 'string' && !refusal.includes('Add ['));
        const prefix = getFields(list.where, (condition) => isEqual(condition) || isIn(condition));
        const rest = Object.keys(list.where).filter((name) => !prefix.includes(name));
        const field = list.sort.replace('-', '');
        const every = [
          [...prefix, field, '_id', ...rest],
          [field, ...prefix, '_id', ...rest],
          [...prefix, '_id', ...rest],
        ] as Name[][];
        const indexes = Object.fromEntries(
          every.map((fields, index) => [`more${index}`, { fields: [...new Set(fields)] }]),
        );
        expect(planOrMessage({ ...list, indexes })).toBe(refusal);
      }),
    );
  });
});
