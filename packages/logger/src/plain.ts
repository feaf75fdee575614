import { types } from 'node:util';
import type { Budget } from './budget.ts';
import { createBudget, takeNode } from './budget.ts';
import { plainError } from './plain-error.ts';
import type { Plain } from './plain-value.ts';
import { cutMark, scrub } from './scrub.ts';
import type { Classify } from './sensitive-names.ts';

const depthMax = 6;
const itemsMax = 20;
const keysMax = 50;
const keyLengthMax = 100;

// Where the walk stands: what is above the value, and what the line may still hold.
type Walk = { readonly classify: Classify; readonly above: readonly object[]; readonly budget: Budget };

const plainText = (value: string, { budget }: Walk): string => {
  const text = scrub(value);
  const kept = text.length <= budget.characters ? text : text.slice(0, Math.max(budget.characters, 0)) + cutMark;
  budget.characters -= text.length;
  return kept;
};

const plainEntries = (entries: Iterable<readonly [string, () => unknown]>, walk: Walk): Plain => {
  // Without a prototype, a key named __proto__ is a key like any other.
  const plain: Record<string, Plain> = Object.create(null);
  let count = 0;
  for (const [name, read] of entries) {
    count += 1;
    if (count > keysMax) {
      plain['…'] = '[more]';
      break;
    }
    const dataClass = walk.classify(name);
    const key = scrub(name).slice(0, keyLengthMax);
    walk.budget.characters -= key.length;
    if (dataClass) plain[key] = `[${dataClass}]`;
    else {
      const value = toPlain(read, walk);
      if (value !== undefined) plain[key] = value;
    }
  }
  return plain;
};

function* propertiesOf(value: object): Generator<readonly [string, () => unknown]> {
  for (const name of Object.keys(value)) yield [name, () => (value as Record<string, unknown>)[name]];
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Generator<readonly [string, () => unknown]> {
  for (const [key, value] of map) {
    yield [typeof key === 'object' && key !== null ? '[object]' : String(key), () => value];
  }
}

const plainItems = (items: Iterable<unknown>, walk: Walk): Plain => {
  const plain: Plain[] = [];
  for (const item of items) {
    if (plain.length === itemsMax) {
      plain.push('[more]');
      break;
    }
    plain.push(toPlain(() => item, walk) ?? null);
  }
  return plain;
};

const plainObject = (value: object, outer: Walk): Plain | undefined => {
  if (outer.above.includes(value)) return '[circular]';
  if (outer.above.length >= depthMax) return '[deep]';
  const walk = { ...outer, above: [...outer.above, value] };
  if (value instanceof Error || types.isNativeError(value)) return plainError(value, (get) => toPlain(get, walk));
  if (Array.isArray(value) || types.isSet(value)) return plainItems(value, walk);
  if (types.isMap(value)) return plainEntries(entriesOf(value), walk);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  // Ids of drivers, URLs and money types say by toJSON how they want to be shown.
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const shown: unknown = value.toJSON();
    return shown === value ? plainEntries(propertiesOf(value), walk) : toPlain(() => shown, walk);
  }
  return plainEntries(propertiesOf(value), walk);
};

// It never throws: a getter, a proxy or a `toJSON` that does becomes `[unreadable]`; undefined has nothing to show.
const toPlain = (read: () => unknown, walk: Walk): Plain | undefined => {
  if (!takeNode(walk.budget)) return '[more]';
  try {
    const value = read();
    switch (typeof value) {
      case 'string':
        return plainText(value, walk);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return plainText(value.toString(), walk);
      case 'object':
        return value === null ? null : plainObject(value, walk);
      case 'undefined':
        return undefined;
      default:
        return `[${typeof value}]`;
    }
  } catch {
    return '[unreadable]';
  }
};

/** The fields of one line, redacted, bounded and plain. */
export const plainFields = (fields: object, classify: Classify): Record<string, Plain> => {
  const plain = toPlain(() => fields, { classify, above: [], budget: createBudget() });
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? (plain as Record<string, Plain>)
    : { fields: plain ?? null };
};
