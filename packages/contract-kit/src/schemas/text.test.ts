import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Id, MultiLineText, NoContent, SingleLineText } from './text.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const family = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}';

describe('Id', () => {
  it.each([id, id.toUpperCase(), '019389aa-5E5F-7c1d-9D3f-7f1e2a3b4c5D'])(
    'accepts %s and returns lower case',
    (text) => {
      expect(Id.parse(text)).toBe(id);
    },
  );

  it.each([
    ['version 4', '019389aa-5e5f-4c1d-9d3f-7f1e2a3b4c5d'],
    ['another variant', '019389aa-5e5f-7c1d-cd3f-7f1e2a3b4c5d'],
    ['no dashes', '019389aa5e5f7c1d9d3f7f1e2a3b4c5d'],
    ['a missing digit', '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5'],
    ['a trailing line break', `${id}\n`],
    ['a leading character', `x${id}`],
    ['empty text', ''],
    ['an operator', { $ne: '' }],
  ])('refuses %s', (_, text) => {
    expect(Id.safeParse(text).success).toBe(false);
  });

  it('is documented as a UUID of any case', () => {
    const schema = z.toJSONSchema(Id, { io: 'input' });
    expect(schema).toMatchObject({ type: 'string', format: 'uuid' });
    expect(id.toUpperCase()).toMatch(new RegExp(schema.pattern ?? 'none'));
  });
});

describe('SingleLineText', () => {
  it.each(['Ada', ' Ada ', 'Zoë 李', "D'Arcy", '{{name}} $where', family, 'می\u200cخواهم', '\u202Eעברית', 'e\u0301'])(
    'accepts %j unchanged',
    (text) => {
      expect(SingleLineText.parse(text)).toBe(text);
    },
  );

  it.each([
    '',
    ' ',
    '\u00a0\u2003\u3000',
    '\u200b\u200c\u200d\u2060\ufeff',
    '\u00ad',
    '\u3164\u115f\u1160\uffa0',
    '\u2800',
    '\u202e\u2066',
    '\ufe0f\u{e0061}',
    '\u0301',
    '\u{1d159}',
    '\u0378',
    '\uffff\ufdd0\u{10ffff}',
  ])('refuses %j, which has no visible character', (text) => {
    expect(SingleLineText.safeParse(text).error?.issues).toMatchObject([{ message: 'must have a visible character' }]);
  });

  it.each([
    'a\0b',
    'a\tb',
    'a\nb',
    'a\r\nBcc: eve@evil.example',
    'a\u001b[2J',
    'a\u007f',
    'a\u0085b',
    'a\u2028b',
    'a\u2029',
  ])('refuses %j for a control character or a line break', (text) => {
    expect(SingleLineText.safeParse(text).error?.issues[0]?.message).toBe(
      'must be a single line without control characters',
    );
  });
});

describe('MultiLineText', () => {
  it.each(['', 'a', 'a\nb\r\n\tc', 'a\u2028b', family])('accepts %j unchanged', (text) => {
    expect(MultiLineText.parse(text)).toBe(text);
  });

  it.each(['a\0b', 'a\u001b[2J', '\u007f', '\u0085', '\v'])('refuses %j', (text) => {
    expect(MultiLineText.safeParse(text).success).toBe(false);
  });
});

describe.each([
  ['SingleLineText', SingleLineText],
  ['MultiLineText', MultiLineText],
])('%s', (_, Text) => {
  it.each([
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', '\ude00a'],
    ['surrogates in the wrong order', '\ude00\ud83d'],
  ])('refuses %s, which would be read back as U+FFFD', (_name, text) => {
    expect(Text.safeParse(text).error?.issues[0]?.message).toBe('must be well-formed Unicode');
    expect(Text.min(1).max(9).safeParse(text).success).toBe(false);
  });
});

describe('NoContent', () => {
  it('accepts nothing but undefined', () => {
    expect(NoContent.safeParse(undefined).success).toBe(true);
    expect(NoContent.safeParse({}).success).toBe(false);
  });
});

it('the API reference has the characters of a SingleLineText as a pattern', () => {
  const { pattern = '', format } = z.toJSONSchema(SingleLineText.max(200).describe('A title.'));
  expect(format).toBe('single-line');
  const accepted = ['a', ' a ', 'Ada Lovelace', '\u{1F468}', 'é', 'a\u200Db'];
  const refused = ['', ' ', '\u00A0', 'a\n', 'a\tb', 'a\u0000', '\u0085a', 'a\u2028b'];
  for (const text of [...accepted, ...refused]) {
    expect([text, new RegExp(pattern, 'u').test(text)]).toEqual([text, SingleLineText.safeParse(text).success]);
  }
});
