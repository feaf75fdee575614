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
const anyCondition = fc.constantFrom<unknown>('a', { $gte: 'a' }, { $gt: 'a', $lt: 'b' }, { $in: ['a'] });

const anyCase: fc.Arbitrary<Case> = fc.record({
  indexes: fc.dictionary(fc.stringMatching(/^by[A-Z]{1,3}$/), anyIndex, { maxKeys: 8, noNullPrototype: true }),
  where: fc.dictionary(fc.constantFrom(...names), anyCondition, { maxKeys: 3, noNullPrototype: true }),
  sort: fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...names)).map(([minus, name]) => minus + name),
});

const toPlan = ({ indexes, where, sort }: Case): ListPlan =>
  planList(defineCollection('things', ThingDocument, { tenancy: 'tenant', indexes }), { where: { ...where }, sort });

const getEqualFields = (where: object): string[] =>
  Object.entries(where).flatMap(([name, condition]) => (condition === 'a' ? [name] : []));

/** The same case with the index that the refusal names, if it names one. */
const withAdvisedIndex = (list: Case, advice: string): Case | undefined => {
  const fields = /Add \[(.+)\] to/.exec(advice)?.[1]?.split(', ') as Name[] | undefined;
  return fields && { ...list, indexes: { ...list.indexes, advised: { fields } } };
};

const attempt = (list: Case): ListPlan | string => {
  try {
    return toPlan(list);
  } catch (error) {
    return (error as TypeError).message;
  }
};

describe('a plan', () => {
  it('needs an index of the equal fields, then the sort and the id, or a unique index with all its fields equal', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const plan = attempt(list);
        fc.pre(typeof plan === 'object');
        const { fields, unique } = list.indexes[plan.index] as IndexSpec;
        const equal = getEqualFields(list.where);
        if (plan.single) {
          expect(unique).toBe('taken');
          expect(fields.toSorted()).toEqual(equal.toSorted());
          return;
        }
        const order = [...new Set([plan.field, '_id'])];
        expect(fields.slice(-order.length)).toEqual(order);
        expect(fields.slice(0, -order.length).toSorted()).toEqual(equal.toSorted());
        expect(fields.slice(0, -order.length)).toEqual(plan.equal);
        // Of the rest of the filter, only bounds on the sorted field can be read off the index.
        const ranged = Object.keys(list.where).filter((name) => !equal.includes(name));
        expect(ranged.filter((name) => name !== plan.field)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('exists once the index that its refusal names is added', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const refusal = attempt(list);
        fc.pre(typeof refusal === 'string');
        const advised = withAdvisedIndex(list, refusal);
        fc.pre(advised !== undefined);
        expect(attempt(advised)).toMatchObject({ index: 'advised' });
      }),
    );
  });

  it('is refused for another reason only when no index would help', () => {
    fc.assert(
      fc.property(anyCase, (list) => {
        const refusal = attempt(list);
        fc.pre(typeof refusal === 'string' && !refusal.includes('Add ['));
        const equal = getEqualFields(list.where);
        const field = list.sort.replace('-', '');
        const every = [
          [...equal, field, '_id'],
          [field, ...equal, '_id'],
          [...equal, '_id'],
        ] as Name[][];
        const indexes = Object.fromEntries(
          every.map((fields, index) => [`more${index}`, { fields: [...new Set(fields)] }]),
        );
        expect(attempt({ ...list, indexes })).toBe(refusal);
      }),
    );
  });
});
