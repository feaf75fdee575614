// `npm test [-- arguments for turbo]`: every check of every package. It runs with databases, by with-databases.ts.
import { spawnSync } from 'node:child_process';
import { root } from '../run.mjs';
import { addResults, closingLine, listNames, listTested, removeResults } from './results.ts';

const tasks = ['lint', 'typecheck', 'test', 'build'];
// More tasks at the same time than cores make tests miss their deadlines: each already uses several processes.
const turboFlags = ['--continue=dependencies-successful', '--output-logs=new-only', '--concurrency=100%'];

const args = process.argv.slice(2);
removeResults(root);
const { status } = spawnSync('turbo', ['run', ...tasks, ...turboFlags, ...args], {
  cwd: root,
  env: { ...process.env, NO_COLOR: '1' },
  stdio: 'inherit',
});
const totals = addResults(root);
const { passed, failed, missing } = totals;
const isEmpty = missing.length === listTested(root).length;
// With arguments only some of the packages run.
const isIncomplete = args.length === 0 ? missing.length > 0 : isEmpty;
if (isIncomplete) console.log(isEmpty ? 'No test has run.' : `No test results from ${missing.join(', ')}.`);
if (status !== 0 && failed === 0) console.log('The checks did not pass: see the failed tasks above.');
for (const line of listNames(totals)) console.log(line);
console.log(closingLine(totals));
process.exitCode = status || (failed > 0 || isIncomplete || passed === 0 ? 1 : 0);
