import { checks } from './checks.ts';
import { lists, type Place, type Reference } from './reference.ts';

export const phases = ['examples', 'coverage', 'fuzzing', 'stateful'] as const;
export type Phase = (typeof phases)[number];

/** What fuzzing a person’s way through the API begins with. */
export type Fuzz = {
  /** Everything that is random follows from it. */
  readonly seed: number;
  /** What is tried: the examples of the reference, the borders of its schemas, random cases, and one after the other. */
  readonly phases: readonly Phase[];
  /** Cases that are made for each operation and each phase, beside those that its schemas imply. */
  readonly examples: number;
  /** Ids of people who are there, or were. */
  readonly ids: readonly string[];
};

const text = (value: string): string => JSON.stringify(value);
const texts = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

const checkLines = checks.flatMap(({ name, expected, disabled }) => [
  `[checks.${name}]`,
  `enabled = ${disabled === undefined}`,
  ...(expected ? [`expected-statuses = ${texts(expected.statuses.map(String))}`] : []),
]);

const without = (names: readonly string[], { method, path }: Place): string[] => [
  '[[operations]]',
  `include-path = ${text(path)}`,
  `include-method = ${text(method)}`,
  ...names.map((name) => `checks.${name}.enabled = false`),
];

/** What schemathesis is told, as the TOML that it reads. The token comes by the environment. */
export const configurationOf = (reference: Reference, fuzz: Fuzz): string =>
  [
    `seed = ${fuzz.seed}`,
    'continue-on-failure = true',
    // Python 3.11 as Debian 12 has it cannot parse its own source in two threads at once, as hypothesis does.
    'workers = 1',
    'hooks = "hooks.py"',
    'warnings = false',
    '[reports.json]',
    'path = "report.json"',
    '[auth.openapi.bearer]',
    'bearer = "${PLINTH_TOKEN}"',
    '[generation]',
    `max-examples = ${fuzz.examples}`,
    'database = "none"',
    // ExpectedVersions and ids that are drawn are hardly ever those of anything: some are given, so that changes succeed too.
    '[dictionaries.versions]',
    `values = ${texts(['"1"', '"2"', '"3"'])}`,
    '[dictionaries.ids]',
    `values = ${texts(fuzz.ids)}`,
    '[parameters]',
    '"header.If-Match" = { dictionary = "versions", probability = 0.7 }',
    '"path.id" = { dictionary = "ids", probability = 0.7 }',
    '[phases]',
    ...phases.map((phase) => `${phase}.enabled = ${fuzz.phases.includes(phase)}`),
    ...checkLines,
    // A cursor that was not given out is refused, and so are filters and sorts that no index serves together.
    ...lists(reference).flatMap((place) => without(['positive_data_acceptance'], place)),
    '',
  ].join('\n');
