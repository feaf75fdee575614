import type { Diff } from 'api-smart-diff';
import type { Finding, Json, Kind } from './snapshots.ts';

type Side = 'request' | 'response';

/** The place of a difference: the field, and the keyword of OpenAPI or JSON Schema that differs. */
type Place = { readonly field: string; readonly keyword: string };

const variants = ['anyOf', 'oneOf', 'allOf'];

/** The keywords that only readers notice. */
const texts = ['description', 'summary', 'title', 'example', 'externalDocs', '$comment'];

/** Finds the place in the path of a difference: `requestBody/content/application/json/schema/properties/role/enum/2`. */
const toPlace = ([root, ...path]: Diff['path']): Place => {
  const first = { parameters: 'parameter', requestBody: 'body', responses: 'status' }[String(root)] ?? String(root);
  let [field, keyword] = ['', first];
  for (let index = root === 'requestBody' ? 0 : 1; index < path.length; index += 1) {
    const key = String(path[index]);
    if (key === 'example' || key === 'examples') {
      keyword = 'example';
      break;
    }
    if (key === 'properties') {
      field += `.${String(path[(index += 1)])}`;
      keyword = 'field';
    } else if (key === 'headers' || key === 'content') {
      field = `.${String(path[(index += 1)])}`;
      keyword = key === 'headers' ? 'header' : 'media-type';
    } else if (key === 'schema') field = '';
    else if (key === 'items') field += '[]';
    else if (key === 'additionalProperties') keyword = 'unknown-fields';
    else if (variants.includes(key)) keyword = 'variant';
    else if (Number.isNaN(Number(key))) keyword = key;
  }
  return { field: field.replace(/^\./, ''), keyword };
};

const toSet = (type: unknown): readonly string[] =>
  [type].flat().flatMap((name) => (name === 'number' ? ['number', 'integer'] : [String(name)]));

const isSubset = (some: readonly string[], all: readonly string[]): boolean => some.every((name) => all.includes(name));

const compareTypes = (side: Side, { before, after }: Diff): Kind => {
  const [old, now] = [toSet(before), toSet(after)];
  return (side === 'request' ? isSubset(old, now) : isSubset(now, old)) ? 'additive' : 'breaking';
};

/** True when something becomes required, as a name in a list of a schema or as a parameter. */
const isRequired = ({ action, after }: Diff): boolean => action !== 'remove' && after !== false;

/** Our kind for each of the differ. */
const differKinds: Readonly<Record<Diff['type'], Kind>> = {
  breaking: 'breaking',
  'non-breaking': 'additive',
  deprecated: 'additive',
  annotation: 'editorial',
  // The differ has no rule for it.
  unclassified: 'breaking',
};

/**
 * Decides where the differ has no rule, or a rule other than ours. Responses are strict, because generated clients validate them: a value,
 * a type, a format or a length that was not promised is an error there. Codes of problems are not: each client has a default for them.
 */
const decide = (side: Side, { field, keyword }: Place, diff: Diff): Kind | undefined => {
  const { action, after } = diff;
  if (keyword === 'x-several') return (action === 'add') === (side === 'request') ? 'additive' : 'breaking';
  if (keyword.startsWith('x-') || texts.includes(keyword)) return 'editorial';
  // How long a response may be kept is no promise.
  if (diff.path.includes('Cache-Control')) return 'additive';
  // The differ regards it as text, but clients depend on it, such as on how values of a parameter are separated.
  if (diff.type === 'annotation') return 'breaking';
  if (keyword === 'type') return compareTypes(side, diff);
  if (keyword === 'required') return isRequired(diff) === (side === 'request') ? 'breaking' : 'additive';
  if (side === 'request') {
    if (keyword === 'field' && action === 'remove') return 'breaking';
    if (keyword === 'unknown-fields' && after === false) return 'breaking';
    if (keyword === 'body' && action === 'add')
      return (after as { required?: boolean }).required ? 'breaking' : 'additive';
    return undefined;
  }
  if (keyword === 'code') return action === 'add' ? 'additive' : 'breaking';
  if (keyword === 'format' || keyword === 'pattern') return action === 'add' ? 'additive' : 'breaking';
  return field === '' && keyword === 'status' && action === 'add' ? 'additive' : undefined;
};

const verbs: Readonly<Record<string, string>> = {
  add: 'added',
  remove: 'removed',
  replace: 'changed',
  rename: 'changed',
};

const toKebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const toText = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const describe = ({ field, keyword }: Place, diff: Diff): string => {
  const { action, before, after } = diff;
  const value = action === 'add' ? after : before;
  const [name, where] = [`\`${field}\``, field === '' ? '' : `\`${field}\` `];
  if (keyword === 'field' || keyword === 'header' || keyword === 'media-type') return `${name} is ${verbs[action]}`;
  if (keyword === 'x-several') return `it takes ${action === 'add' ? 'several values' : 'one value only'}`;
  if (keyword === 'required') {
    const inside = typeof value === 'string' ? `\`${[field, value].filter(Boolean).join('.')}\`` : 'it';
    return isRequired(diff) ? `${inside} becomes required` : `${inside} becomes optional`;
  }
  if (keyword === 'enum' || keyword === 'code') return `${where}value ${toText(value)} is ${verbs[action]}`;
  if (action === 'replace') return `${where}${keyword} ${toText(before)} becomes ${toText(after)}`;
  return `${where}${keyword} ${typeof value === 'object' ? '' : `${toText(value)} `}is ${verbs[action]}`;
};

/** True for a field that is added to an object which has promised to have no others. */
const isAddedToClosed = ({ action, path }: Diff, before: Json | undefined): boolean => {
  if (action !== 'add' || path.at(-2) !== 'properties') return false;
  // Below `responses` and the status, as `before` is.
  const object = path.slice(2, -2).reduce<unknown>((node, key) => (node as Json | undefined)?.[key], before);
  return (object as Json | undefined)?.['additionalProperties'] === false;
};

/** The headers by which responses announce the end of an operation. The dates in the contract are compared instead. */
const announcements = ['Deprecation', 'Sunset', 'Link'];

/** Classifies a difference that the differ has found in a part of an operation. Returns nothing for one that is reported elsewhere. */
export const classify = (part: string, diff: Diff, before: Json | undefined): readonly Finding[] => {
  const side = part.startsWith('response') ? 'response' : 'request';
  const found = toPlace(diff.path);
  if (found.keyword === 'header' && announcements.includes(found.field)) return [];
  const isCode = side === 'response' && found.keyword === 'enum' && found.field === 'code';
  const place = isCode ? { ...found, keyword: 'code' } : found;
  const isUnexpected = side === 'response' && isAddedToClosed(diff, before);
  const kind = isUnexpected ? 'breaking' : (decide(side, place, diff) ?? differKinds[diff.type]);
  const rule = `${side}-${toKebab(place.keyword)}-${verbs[diff.action]}`;
  return [{ kind, rule, text: `${part}: ${describe(place, diff)}`, differ: differKinds[diff.type] }];
};
