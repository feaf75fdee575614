import { isDeepStrictEqual } from 'node:util';
import { compareFacts, compareShared } from './compare-contracts.ts';
import { classifyRemoval } from './compare-deprecations.ts';
import { compareEvents } from './compare-events.ts';
import { createPartComparison } from './compare-parts.ts';
import { listOperations, type Operation } from './operations.ts';
import type { Change, Finding, Json, Snapshots } from './snapshots.ts';

/** The keys of an operation that only readers notice. */
const texts = ['summary', 'description', 'tags', 'externalDocs'];

/** Compares what an operation has besides its parts. */
const compareRest = (before: Json, after: Json): readonly Finding[] => {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .flatMap((key): readonly Finding[] => {
      if (texts.includes(key)) return [{ kind: 'editorial', rule: 'text-changed', text: `\`${key}\` differs` }];
      if (key === 'operationId') {
        const text = `the function \`${String(before[key])}\` is named \`${String(after[key])}\``;
        return [{ kind: 'breaking', rule: 'function-renamed', text }];
      }
      if (key === 'security') {
        const isOpen = isDeepStrictEqual(after[key], []);
        const text = isOpen ? 'it needs no credential any more' : 'it needs another credential';
        return [{ kind: isOpen ? 'additive' : 'breaking', rule: 'credential-changed', text }];
      }
      // `compareDeprecations` has the dates.
      if (key === 'deprecated') return [];
      if (key.startsWith('x-')) return [{ kind: 'editorial', rule: 'extension-changed', text: `\`${key}\` differs` }];
      return [
        { kind: 'breaking', rule: 'unknown-change', text: `\`${key}\` differs, and no rule says what that means` },
      ];
    });
};

/** The parts of the document that no operation has. */
const compareDocument = (before: Json, after: Json): readonly Change[] =>
  ['info', 'tags', 'servers']
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => ({
      kind: key === 'servers' ? 'breaking' : 'editorial',
      rule: `${key}-changed`,
      text: `\`${key}\` of the document differs`,
      operation: '',
      action: '',
    }));

const toOperationsByName = (snapshots: Snapshots): ReadonlyMap<string, Operation> =>
  new Map(listOperations(snapshots).map((operation) => [operation.name, operation]));

const attach = ({ name, action }: Operation, found: readonly Finding[]): Change[] =>
  found.map((change) => ({ ...change, operation: name, action }));

/** Creates the comparison with a base, on a day. It returns every change, those of shared schemas once for each operation. */
export const createComparison = (before: Snapshots, today: string) => {
  const compareParts = createPartComparison();
  const old = toOperationsByName(before);

  return (after: Snapshots): readonly Change[] => {
    const now = toOperationsByName(after);
    const compareOperation = (left: Operation, right: Operation): readonly Finding[] => {
      const parts = new Set([...left.parts.keys(), ...right.parts.keys()]);
      const [leftFacts, rightFacts] = [before.contracts.operations[left.id], after.contracts.operations[right.id]];
      return [
        ...compareRest(left.parts.get('operation') ?? {}, right.parts.get('operation') ?? {}),
        ...[...parts]
          .filter((part) => part !== 'operation')
          .flatMap((part) => compareParts(part, left.parts.get(part), right.parts.get(part))),
        ...(leftFacts && rightFacts ? compareFacts(leftFacts, rightFacts) : []),
      ];
    };
    return [
      ...compareDocument(before.openapi, after.openapi),
      ...compareShared(before.contracts, after.contracts).map((change) => ({ ...change, operation: '', action: '' })),
      ...compareEvents(before, after, compareParts),
      ...[...old.values()].flatMap((left) => {
        const right = now.get(left.name);
        return attach(
          left,
          right ? compareOperation(left, right) : [classifyRemoval(before.contracts.operations[left.id], today)],
        );
      }),
      ...[...now.values()]
        .filter(({ name }) => !old.has(name))
        .flatMap((right) =>
          attach(right, [{ kind: 'additive', rule: 'operation-added', text: 'it is new', differ: 'additive' }]),
        ),
    ];
  };
};
