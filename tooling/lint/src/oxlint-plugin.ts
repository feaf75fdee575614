/** Rules that oxlint does not have, as selectors of syntax that is refused. */
type Node = { type: string };
type Context = { report: (finding: { node: Node; message: string }) => void };

const refuse = (message: string, ...selectors: readonly string[]) => ({
  create: (context: Context) =>
    Object.fromEntries(selectors.map((selector) => [selector, (node: Node) => context.report({ node, message })])),
});

export default {
  meta: { name: 'plinth' },
  rules: {
    'no-hidden-now': refuse(
      'new Date() hides a clock: take `clock` from deps.',
      'NewExpression[callee.name="Date"][arguments.length=0]',
      'CallExpression[callee.name="Date"]',
    ),
    'no-export-star': refuse('`export *` hides the API of a module: name the exports.', 'ExportAllDeclaration'),
    // These exports of vitest apply to the test that started last, even when another test calls them.
    'no-shared-cleanup': refuse(
      "Among concurrent tests this may clean up after another: take it from the test's own context.",
      'Program:has(MemberExpression[property.name="concurrent"]) ImportSpecifier[imported.name=/^onTest(Finished|Failed)$/]',
    ),
  },
};
