import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { collectLines, stdoutDestination } from './destination.ts';

const program = (buffered: boolean, body: string): readonly string[] => [
  '--input-type=module-typescript',
  '-e',
  `import { createLogger, stdoutDestination } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
   const destination = stdoutDestination({ buffered: ${buffered} });
   const log = createLogger({ level: 'info', service: 'child', classified: new Map(), destination });
   ${body}`,
];

const run = (
  buffered: boolean,
  body: string,
): { readonly status: number | null; readonly events: readonly unknown[] } => {
  const { status, stdout } = spawnSync(process.execPath, program(buffered, body), {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return {
    status,
    events: stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).event),
  };
};

describe('standard output', () => {
  it('has each line at once when it is not buffered', () => {
    const body = `log.info('first'); process.kill(process.pid, 'SIGKILL');`;
    expect(run(false, body)).toEqual({ status: null, events: ['first'] });
  });

  it('loses no buffered line at the end of the process, by itself or by exit', () => {
    const request = `log.request({ method: 'GET', route: '/', status: 200, durationMs: 1 });`;
    expect(run(true, `log.info('first'); ${request}`)).toEqual({ status: 0, events: ['first', 'request-served'] });
    expect(run(true, `log.info('first'); process.exit(3);`)).toEqual({ status: 3, events: ['first'] });
  });

  it('has a fatal line before the process is killed', () => {
    const body = `log.info('first'); log.fatal('last'); process.kill(process.pid, 'SIGKILL');`;
    expect(run(true, body)).toEqual({ status: null, events: ['first', 'last'] });
  });

  it('lets the process end when its reader is gone', async () => {
    const body = `log.info('ready'); log.flush();
      process.stdin.on('data', () => { log.info('unread'); process.exit(4); });`;
    const child = spawn(process.execPath, program(true, body), { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write('go');
    expect(await once(child, 'exit')).toEqual([4, null]);
  });

  it('writes nothing before it is asked to', () => {
    expect(Object.keys(stdoutDestination({ buffered: true }))).toEqual(['write', 'flush']);
    expect(() => stdoutDestination({ buffered: false }).write('')).not.toThrow();
  });
});

describe('collectLines', () => {
  it('keeps lines and reads them back', () => {
    const out = collectLines();
    out.write('{"event":"one"}\n');
    expect([out.lines, out.records()]).toEqual([['{"event":"one"}\n'], [{ event: 'one' }]]);
  });
});
