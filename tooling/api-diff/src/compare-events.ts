import { compareLists } from './compare-contracts.ts';
import type { createPartComparison } from './compare-parts.ts';
import { createDereference } from './operations.ts';
import type { Change, EventFacts, Finding, Json, Snapshots } from './snapshots.ts';

type CompareParts = ReturnType<typeof createPartComparison>;

/** The data of an event in one version, as the body of a request or response. */
type GetData = (version: number) => Json | undefined;

const createGetData = ({ asyncapi }: Snapshots) => {
  const dereference = createDereference(asyncapi);
  const { schemas } = asyncapi['components'] as { schemas: Readonly<Record<string, Json>> };
  return (name: string): GetData =>
    (version) => {
      const schema = schemas[`${name}.v${version}`];
      return schema && { required: true, content: { 'application/json': { schema: dereference(schema) } } };
    };
};

const toFinding =
  (prefix: string, suffix = '') =>
  ({ rule, text, ...finding }: Finding): Finding => ({
    ...finding,
    rule: `${prefix.replaceAll(' ', '-')}-${rule.replace(/^(request|response)-/, '')}`,
    text: `${text.replace(/^[^:]*: /, `${prefix}: `)}${finding.kind === 'breaking' ? suffix : ''}`,
  });

const isBreaking = ({ kind }: Finding): boolean => kind === 'breaking';

type Sides = {
  readonly before: EventFacts;
  readonly after: EventFacts;
  readonly dataBefore: GetData;
  readonly dataAfter: GetData;
  readonly compareParts: CompareParts;
};

/** Compares what consumers receive: strictly, like a response. Without a new version, stored events are read by the new schema too, like a request. */
const compareNewest = ({ before, after, dataBefore, dataAfter, compareParts }: Sides): readonly Finding[] => {
  const data = [dataBefore(before.version), dataAfter(after.version)] as const;
  const received = compareParts('response data', ...data);
  if (after.version !== before.version) return received.map(toFinding('event data'));
  const suffix = ', without a new version';
  const checks = compareLists(before.checks ?? [], after.checks ?? [], {
    noun: 'event check',
    added: 'breaking',
    removed: 'additive',
  }).map(({ rule, ...finding }) => ({ ...finding, rule: rule.replaceAll(' ', '-') }));
  const stored = received.some(isBreaking) ? [] : compareParts('body', ...data).filter(isBreaking);
  return [
    ...received.map(toFinding('event data', suffix)),
    ...stored.map(toFinding('stored event data', suffix)),
    ...checks,
  ];
};

/** Compares how stored events of earlier versions are read. */
const compareEarlier = ({ before, after, dataBefore, dataAfter, compareParts }: Sides): readonly Finding[] => {
  const versions = Array.from({ length: after.version - 1 }, (_, index) => index + 1);
  return versions.flatMap((version): readonly Finding[] => {
    if (!after.upcastsFrom?.includes(version)) {
      const text = `no upcaster converts version ${version} to version ${after.version}`;
      return [{ kind: 'breaking', rule: 'event-upcaster-missing', text }];
    }
    if (version > before.version) return [];
    const found = compareParts('body', dataBefore(version), dataAfter(version));
    return found
      .filter(isBreaking)
      .map(toFinding(`event version ${version}`))
      .map((finding) => ({ ...finding, rule: 'event-version-changed' }));
  });
};

const compareEvent = (sides: Sides): readonly Finding[] => {
  const { before, after } = sides;
  const changes: Finding[] = [];
  for (const key of ['module', 'aggregate'] as const) {
    if (before[key] === after[key]) continue;
    const text = `its ${key} is \`${after[key]}\` instead of \`${before[key]}\``;
    changes.push({ kind: 'breaking', rule: `event-${key}-changed`, text });
  }
  if (after.version < before.version) {
    const text = `it has version ${after.version}, and events of version ${before.version} are stored`;
    return [...changes, { kind: 'breaking', rule: 'event-version-lowered', text }];
  }
  if (after.version > before.version) {
    changes.push({ kind: 'additive', rule: 'event-version-added', text: `it has the new version ${after.version}` });
  }
  return [...changes, ...compareEarlier(sides), ...compareNewest(sides)];
};

/** Compares the events of all modules. */
export const compareEvents = (before: Snapshots, after: Snapshots, compareParts: CompareParts): readonly Change[] => {
  const [old, now] = [before.contracts.events, after.contracts.events];
  const [getBefore, getAfter] = [createGetData(before), createGetData(after)];
  const compare = (name: string): readonly Finding[] => {
    const [left, right] = [old[name], now[name]];
    if (!right) return [{ kind: 'breaking', rule: 'event-removed', text: 'it is removed' }];
    if (!left) return [{ kind: 'additive', rule: 'event-added', text: 'it is new' }];
    const data = { dataBefore: getBefore(name), dataAfter: getAfter(name) };
    return compareEvent({ before: left, after: right, ...data, compareParts });
  };
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) =>
    compare(name).map((finding) => ({ ...finding, operation: `event ${name}`, action: '' })),
  );
};
