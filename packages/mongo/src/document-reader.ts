import { BSON, type Document } from 'mongodb';
import { int32At, int64At, isNameAt, namesMax, odd, types } from './bson-bytes.ts';

/** The name of a field, and the one that came after it last time: documents of a collection are alike. */
type Name = { readonly text: string; next: Name | undefined };

/** Where the reading of a document stands. */
type Place = {
  readonly names: Map<string, Name>;
  readonly bytes: Buffer;
  /** The same, each byte a character: what is plain ASCII is a part of it, which costs less than to decode it. */
  readonly latin: string;
  at: number;
  last: Name;
};

const textOf = ({ bytes, latin }: Place, from: number, to: number): string => {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] as number) < 128) continue;
    const text = bytes.toString('utf8', from, to);
    // It stands for bytes that are no UTF-8, which the driver refuses, or for itself.
    if (text.includes('\uFFFD')) throw odd;
    return text;
  }
  return latin.substring(from, to);
};

const stringAt = (place: Place): string => {
  const { bytes, at } = place;
  const end = at + 4 + int32At(bytes, at);
  if (end < at + 5 || bytes[end - 1] !== 0) throw odd;
  place.at = end;
  return textOf(place, at + 4, end - 1);
};

/** Passes the length of an object or array, and finds where it ends. */
const enter = (place: Place): number => {
  const end = place.at + int32At(place.bytes, place.at) - 1;
  place.at += 4;
  if (place.bytes[end] !== 0) throw odd;
  return end;
};

/** The type of the next element; 0 at the end. */
const typeAt = (place: Place, end: number): number => {
  const type = place.bytes[place.at] as number;
  if (place.at > end || (type === 0 && place.at !== end)) throw odd;
  place.at += 1;
  return type;
};

const newName = (place: Place): Name => {
  const { names, bytes, at } = place;
  const end = bytes.indexOf(0, at);
  const text = textOf(place, at, end);
  // A reference to another collection, or a key that would be none of the object's own.
  if (text.startsWith('$') || text === '__proto__') throw odd;
  place.at = end + 1;
  const name = names.get(text) ?? { text, next: undefined };
  if (names.size < namesMax) names.set(text, name);
  return name;
};

const nameAt = (place: Place): string => {
  const { next } = place.last;
  if (next && isNameAt(next.text, place.bytes, place.at)) {
    place.at += next.text.length + 1;
    place.last = next;
  } else {
    const name = newName(place);
    place.last.next = name;
    place.last = name;
  }
  return place.last.text;
};

const objectAt = (place: Place): Document => {
  const end = enter(place);
  const object: Document = {};
  for (let type = typeAt(place, end); type !== 0; type = typeAt(place, end)) {
    const name = nameAt(place);
    object[name] = valueAt(place, type);
  }
  return object;
};

const arrayAt = (place: Place): unknown[] => {
  const end = enter(place);
  const items: unknown[] = [];
  for (let type = typeAt(place, end); type !== 0; type = typeAt(place, end)) {
    place.at = place.bytes.indexOf(0, place.at) + 1;
    items.push(valueAt(place, type));
  }
  return items;
};

const valueAt = (place: Place, type: number): unknown => {
  const { bytes, at } = place;
  switch (type) {
    case types.string:
      return stringAt(place);
    case types.date:
      place.at += 8;
      return new Date(int64At(bytes, at));
    case types.int32:
      place.at += 4;
      return int32At(bytes, at);
    case types.boolean:
      place.at += 1;
      if ((bytes[at] as number) > 1) throw odd;
      return bytes[at] === 1;
    case types.null:
      return null;
    case types.double:
      place.at += 8;
      return bytes.readDoubleLE(at);
    case types.int64:
      place.at += 8;
      return int64At(bytes, at);
    case types.object:
      return objectAt(place);
    case types.array:
      return arrayAt(place);
    default:
      throw odd;
  }
};

/** None for a document that is left to the driver. */
const documentIn = (place: Place): Document | undefined => {
  try {
    const document = objectAt(place);
    return place.at === place.bytes.length ? document : undefined;
  } catch (cause) {
    if (cause === odd || cause instanceof RangeError) return undefined;
    throw cause;
  }
};

/**
 * Makes what reads the documents of a collection, as the driver's own reader does and in a third of its time. The names
 * of their fields are compared with those of the document before, and not made anew.
 */
export const createDocumentReader = (): ((bytes: Buffer) => Document) => {
  const names = new Map<string, Name>();
  const last: Name = { text: '', next: undefined };
  return (bytes) =>
    documentIn({ names, bytes, latin: bytes.toString('latin1'), at: 0, last }) ?? BSON.deserialize(bytes);
};
