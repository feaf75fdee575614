import { isDeepStrictEqual } from 'node:util';
import { commonErrors } from '@plinth/contract-kit';
import {
  applyChange,
  type CollectionDefinition,
  type Message,
  UniqueViolation,
  writeSetBytesMax,
} from '@plinth/data-kit';
import { compare } from './compare.ts';
import { toStored } from './stored.ts';
import type { Stored, Write } from './write-set.ts';

export type Documents = ReadonlyMap<string, Stored>;
type Draft = Map<string, Stored>;

/** A document does not match its schema, which the validator of a real collection rejects. */
class ValidatorViolation extends Error {
  override readonly name = 'ValidatorViolation';
}

const assertValid = ({ name, schema }: CollectionDefinition, document: Stored): void => {
  const parsed = schema.safeParse(document);
  const violation = (text: string) => new ValidatorViolation(`A document breaks the validator of '${name}': ${text}`);
  if (!parsed.success)
    throw violation(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  // Parsing removes unknown fields and adds defaults; the validator of a real collection rejects both.
  if (!isDeepStrictEqual(parsed.data, document))
    throw violation('it is not the output of its schema (an unknown field, or a default).');
};

const assertUnique = ({ indexes }: CollectionDefinition, document: Stored, documents: Draft): void => {
  for (const { fields, unique } of Object.values(indexes)) {
    if (unique === undefined) continue;
    const key = ['tenantId', ...fields];
    for (const other of documents.values()) {
      const isSame = key.every((field) => compare(other[field], document[field]) === 0);
      if (isSame && other._id !== document._id) throw new UniqueViolation(unique);
    }
  }
};

/** Measures the size of fields by the length of their JSON. @throws `change-too-large`. */
export const assertFits = (fields: unknown): void => {
  if (JSON.stringify(fields).length > writeSetBytesMax) throw commonErrors.changeTooLarge();
};

const put = (definition: CollectionDefinition, document: Stored, documents: Draft): void => {
  assertFits(document);
  assertValid(definition, document);
  assertUnique(definition, document, documents);
  documents.set(document._id, document);
};

const apply = (write: Exclude<Write, { readonly message: Message }>, documents: Draft): void => {
  if (write.kind === 'insert') {
    const document = toStored(write.document);
    if (documents.has(document._id)) throw new UniqueViolation('unnamed index _id_');
    return put(write.definition, document, documents);
  }
  const [target, ...more] = [...documents.values()].filter(write.isTarget);
  if (write.kind === 'absent' && !target) return;
  if (write.kind === 'absent' || !target || more.length > 0) throw write.conflictError;
  if (write.kind === 'remove') documents.delete(target._id);
  if (write.kind === 'update') put(write.definition, applyChange(target, toStored(write.change), write.now), documents);
};

/**
 * Applies writes in their order and returns the changed collections.
 * @throws the error of the first write that fails.
 */
export const applyAll = (state: ReadonlyMap<string, Documents>, writes: readonly Write[]): Map<string, Documents> => {
  const touched = new Map<string, Draft>();
  for (const write of writes) {
    if ('message' in write) continue;
    const { name } = write.definition;
    const documents = touched.get(name) ?? new Map(state.get(name));
    touched.set(name, documents);
    apply(write, documents);
  }
  return touched;
};
