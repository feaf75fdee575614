// `npm run typecheck`: checks the workspace in one pass, and that the compiler had no more work than the budget allows; then the
// console, which is a program of its own, because it has the types of a browser.
import { fileURLToPath } from 'node:url';
import { explainBudget } from './budget.ts';
import { compile } from './compile.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const { isValid, errors, instantiations } = compile(root, '--pretty');
const ofConsole = compile(`${root}apps/console`, '--pretty');
for (const text of [errors, ofConsole.errors]) if (text !== '') console.error(text);
const excess = isValid ? explainBudget(root, instantiations) : undefined;
if (excess !== undefined) console.error(excess);
process.exitCode = isValid && ofConsole.isValid && excess === undefined ? 0 : 1;
