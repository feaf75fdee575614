import { types } from 'node:util';
import type { JsonValue } from './json-value.ts';
import { sanitizeError } from './sanitize-error.ts';
import { cutMark, scrub } from './scrub.ts';
import type { Classify } from './sensitive-names.ts';
import {
  countValue,
  createRemainingSize,
  depthMax,
  itemsMax,
  nameLengthMax,
  propertiesMax,
  type RemainingSize,
} from './size-limits.ts';

type State = {
  readonly classify: Classify;
  /** The objects that contain the value, to detect cycles. */
  readonly ancestors: readonly object[];
  readonly remaining: RemainingSize;
};

const sanitizeText = (value: string, { remaining }: State): string => {
  const text = scrub(value);
  const kept = text.length <= remaining.characters ? text : text.slice(0, Math.max(remaining.characters, 0)) + cutMark;
  remaining.characters -= text.length;
  return kept;
};

const sanitizeEntries = (entries: Iterable<readonly [string, () => unknown]>, state: State): JsonValue => {
  // Without a prototype, a key named __proto__ is a key like any other.
  const sanitized: Record<string, JsonValue> = Object.create(null);
  let count = 0;
  for (const [name, read] of entries) {
    count += 1;
    if (count > propertiesMax) {
      sanitized['…'] = '[more]';
      break;
    }
    const dataClass = state.classify(name);
    const key = scrub(name).slice(0, nameLengthMax);
    state.remaining.characters -= key.length;
    if (dataClass) sanitized[key] = `[${dataClass}]`;
    else {
      const value = sanitizeValue(read, state);
      if (value !== undefined) sanitized[key] = value;
    }
  }
  return sanitized;
};

function* readProperties(value: object): Generator<readonly [string, () => unknown]> {
  for (const name of Object.keys(value)) yield [name, () => (value as Record<string, unknown>)[name]];
}

function* readEntries(map: ReadonlyMap<unknown, unknown>): Generator<readonly [string, () => unknown]> {
  for (const [key, value] of map) {
    yield [typeof key === 'object' && key !== null ? '[object]' : String(key), () => value];
  }
}

const sanitizeItems = (items: Iterable<unknown>, state: State): JsonValue => {
  const sanitized: JsonValue[] = [];
  for (const item of items) {
    if (sanitized.length === itemsMax) {
      sanitized.push('[more]');
      break;
    }
    sanitized.push(sanitizeValue(() => item, state) ?? null);
  }
  return sanitized;
};

const sanitizeObject = (value: object, outer: State): JsonValue | undefined => {
  if (outer.ancestors.includes(value)) return '[circular]';
  if (outer.ancestors.length >= depthMax) return '[deep]';
  const state = { ...outer, ancestors: [...outer.ancestors, value] };
  if (value instanceof Error || types.isNativeError(value)) {
    return sanitizeError(value, (read) => sanitizeValue(read, state));
  }
  if (Array.isArray(value) || types.isSet(value)) return sanitizeItems(value, state);
  if (types.isMap(value)) return sanitizeEntries(readEntries(value), state);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  // Driver ids, URLs and money types define by toJSON how they are shown.
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const shown: unknown = value.toJSON();
    return shown === value ? sanitizeEntries(readProperties(value), state) : sanitizeValue(() => shown, state);
  }
  return sanitizeEntries(readProperties(value), state);
};

/** Never throws: a getter, a proxy or a `toJSON` that throws becomes `[unreadable]`. Returns undefined for undefined. */
const sanitizeValue = (read: () => unknown, state: State): JsonValue | undefined => {
  if (!countValue(state.remaining)) return '[more]';
  try {
    const value = read();
    switch (typeof value) {
      case 'string':
        return sanitizeText(value, state);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return sanitizeText(value.toString(), state);
      case 'object':
        return value === null ? null : sanitizeObject(value, state);
      case 'undefined':
        return undefined;
      default:
        return `[${typeof value}]`;
    }
  } catch {
    return '[unreadable]';
  }
};

/** Converts the fields of one line to JSON values: redacted by data class, scrubbed of secrets and limited in size. */
export const sanitizeFields = (fields: object, classify: Classify): Record<string, JsonValue> => {
  const sanitized = sanitizeValue(() => fields, { classify, ancestors: [], remaining: createRemainingSize() });
  return typeof sanitized === 'object' && sanitized !== null && !Array.isArray(sanitized)
    ? (sanitized as Record<string, JsonValue>)
    : { fields: sanitized ?? null };
};
