export type Runner = { readonly isStopped: boolean; close(): void };

export declare function createRunner(cwd: string): Runner;
