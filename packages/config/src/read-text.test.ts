import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigError, load, port, text } from './index.ts';

const settings = {
  NAME: text().meta({ description: 'A name.' }),
  PORT: port().default(3000).meta({ description: 'A port.' }),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (content: string): string => {
  const file = join(folder, 'file');
  writeFileSync(file, content);
  return file;
};

const listIssues = (env: Record<string, string>): string[] => {
  try {
    load(settings, env);
    return [];
  } catch (error) {
    return (error as ConfigError).message.split('\n').slice(1);
  }
};

describe('a setting from a file', () => {
  it.each(['Ada', 'Ada\n', 'Ada\r\n', 'Ada\n\n'])('is the content of %j, without line breaks at its end', (content) => {
    expect(load(settings, { NAME_FILE: write(content), PORT_FILE: '' })).toEqual({ NAME: 'Ada', PORT: 3000 });
  });

  it('is checked like a variable', () => {
    expect(listIssues({ NAME: 'Ada', PORT_FILE: write('port') })).toEqual([
      expect.stringMatching(/^ {2}PORT is not valid\. /),
    ]);
    expect(listIssues({ NAME_FILE: write(' Ada') })).toEqual([
      expect.stringMatching(/^ {2}NAME begins or ends with white space\. /),
    ]);
    expect(listIssues({ NAME_FILE: write('\n') })).toEqual([expect.stringMatching(/^ {2}NAME is missing\. /)]);
  });

  it('cannot be set by its variable too', () => {
    expect(listIssues({ NAME: 'Ada', NAME_FILE: write('Ada') })).toEqual([
      '  NAME is set, and so is NAME_FILE. Remove one of the two.',
    ]);
    expect(load(settings, { NAME: '', NAME_FILE: write('Ada') }).NAME).toBe('Ada');
  });

  it('names its variable when it cannot be read, and never its path', () => {
    for (const file of [join(folder, 'missing'), folder, '/dev/zero']) {
      expect(listIssues({ NAME_FILE: file })).toEqual([
        '  NAME_FILE names no readable file. Set it to the path of a file that contains NAME, or remove it.',
      ]);
    }
  });
});
