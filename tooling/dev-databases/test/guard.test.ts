import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runGuarded } from '../src/guard/index.mjs';
import { waitUntilDead } from './helpers.ts';

const ownerScript = fileURLToPath(new URL('./fixtures/guard-owner.ts', import.meta.url));

describe('a guarded command', () => {
  it('ends with the processes that it started', async () => {
    const { child, ended } = runGuarded(['sh', '-c', 'sleep 300 & echo $!'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => child.stdout?.once('data', (data) => resolve(Number(data))));
    expect(await ended).toBe(0);
    expect(await waitUntilDead([pid], 0)).toEqual([]);
  });

  it('passes its exit code on', async () => {
    expect(await runGuarded(['sh', '-c', 'exit 7']).ended).toBe(7);
    expect(await runGuarded(['sh', '-c', 'kill -9 $$']).ended).toBe(137);
    expect(await runGuarded(['/nowhere/at-all'], { stdio: 'ignore' }).ended).toBe(127);
  });

  it('receives SIGTERM when it is stopped, and SIGKILL after the grace period', async () => {
    const polite = runGuarded(['sleep', '300']);
    polite.stop();
    expect(await polite.ended).toBe(143);
    const command = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'] as const;
    const stubborn = runGuarded(command, { graceMs: 300, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(stubborn.child.stdout as NodeJS.ReadableStream, 'data');
    stubborn.stop();
    expect(await stubborn.ended).toBe(137);
  });

  it('ends when its owner is killed', async () => {
    const owner = spawn(process.execPath, [ownerScript], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    owner.kill('SIGKILL');
    expect(await waitUntilDead([Number(line)])).toEqual([]);
  });
});
