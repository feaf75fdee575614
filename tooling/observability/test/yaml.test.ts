import { expect, it } from 'vitest';
import { toYaml } from '../src/yaml.ts';

it('writes nested data, and quotes what YAML could take for something else', () => {
  const text = toYaml({
    groups: [
      { name: 'plinth-users', rules: [{ expr: 'a{b="c"} > 1', labels: { it: "it's" } }] },
      { name: 'none', rules: [] },
    ],
    count: 5,
    odd: ['yes', '5m', '', 'a: b', '# c', 'a b', 'true', '1'],
    nothing: undefined,
    empty: {},
  });
  expect(text.split('\n')).toEqual([
    'groups:',
    '  - name: plinth-users',
    '    rules:',
    `      - expr: 'a{b="c"} > 1'`,
    '        labels:',
    `          it: 'it''s'`,
    '  - name: none',
    '    rules: []',
    'count: 5',
    'odd:',
    ...['yes', '5m', '', 'a: b', '# c', 'a b', 'true', '1'].map((word) => `  - '${word}'`),
    'empty: {}',
    '',
  ]);
});
