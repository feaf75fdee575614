import type { Facts, Finding } from './snapshots.ts';

type Deprecation = Facts['deprecated'];

/** Clients have a year from the announcement to the end. */
const noticeDays = 365;

const toDays = (date: string): number => Date.parse(date) / 86_400_000;

/** Classifies the removal of an operation: additive after the sunset that was announced, and breaking before it or without one. */
export const classifyRemoval = (facts: Facts | undefined, today: string): Finding => {
  const differ = 'breaking';
  const sunset = facts?.deprecated?.sunset;
  if (sunset === undefined) return { kind: 'breaking', rule: 'operation-removed', text: 'it is removed', differ };
  const isOver = sunset <= today;
  return {
    kind: isOver ? 'additive' : 'breaking',
    rule: isOver ? 'operation-removed-after-sunset' : 'operation-removed-before-sunset',
    text: isOver
      ? `it is removed, as was announced for ${sunset}`
      : `it is removed, and was announced to live until ${sunset}`,
    differ,
  };
};

/** Compares the announcements of the end of an operation. */
export const compareDeprecations = (before: Deprecation, after: Deprecation): readonly Finding[] => {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!after) return [{ kind: 'additive', rule: 'deprecation-withdrawn', text: 'it is not deprecated any more' }];
  const { since, sunset } = after;
  if (sunset !== undefined && toDays(sunset) < toDays(since) + noticeDays) {
    const text = `it ends on ${sunset}, less than ${noticeDays} days after ${since}`;
    return [{ kind: 'breaking', rule: 'sunset-too-early', text }];
  }
  const text = `it is deprecated since ${since}, and ends on ${sunset ?? 'an unknown day'}`;
  if (!before) return [{ kind: 'additive', rule: 'operation-deprecated', text }];
  const isEarlier = before.sunset !== undefined && sunset !== undefined && sunset < before.sunset;
  if (isEarlier) return [{ kind: 'breaking', rule: 'sunset-moved-earlier', text }];
  return [{ kind: 'additive', rule: 'deprecation-changed', text }];
};
