/** The rules that oxlint has no built-in for. */
type Node = { type: string; name?: string; parent?: Node };
type Member = Node & { property: Node };
type Import = Node & { imported: Node };
type Call = Node & { callee: Node; arguments: readonly Node[] };
type Fn = Node & { params: readonly Node[]; parent: Node };
type Context = { report: (finding: { node: Node; message: string }) => void };

const isDate = (node: Node): boolean => node.type === 'Identifier' && node.name === 'Date';

const noHiddenNow = {
  create: (context: Context) => ({
    NewExpression(node: Call) {
      if (isDate(node.callee) && node.arguments.length === 0) {
        context.report({ node, message: 'new Date() hides a clock: take `clock` from deps.' });
      }
    },
    CallExpression(node: Call) {
      if (isDate(node.callee)) context.report({ node, message: 'Date() hides a clock: take `clock` from deps.' });
    },
  }),
};

const noExportStar = {
  create: (context: Context) => ({
    ExportAllDeclaration(node: Node) {
      context.report({ node, message: '`export *` hides what a module offers: name the exports.' });
    },
  }),
};

/** A callback's parameters are chosen by the function that it is given to. */
const isCallback = ({ parent }: Fn): boolean => parent.type === 'CallExpression' || parent.type === 'NewExpression';

const countMax = 3;

const maxParams = {
  create(context: Context) {
    const check = (node: Fn): void => {
      const count = node.params.length;
      if (count <= countMax || isCallback(node)) return;
      context.report({
        node,
        message: `${count} positional parameters: pass ${countMax} at most, or one named object.`,
      });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

/** What vitest exports under these names belongs to the test that was begun last, whoever calls it. */
const ofTheLastTest = ['onTestFinished', 'onTestFailed'];

const noSharedCleanup = {
  create(context: Context) {
    const imported: Import[] = [];
    let isConcurrent = false;
    return {
      ImportSpecifier(node: Import) {
        if (ofTheLastTest.includes(node.imported.name ?? '')) imported.push(node);
      },
      MemberExpression(node: Member) {
        isConcurrent ||= node.property.name === 'concurrent';
      },
      'Program:exit'() {
        for (const node of isConcurrent ? imported : []) {
          const message = `Among concurrent tests ${node.imported.name} may clean up after another: take it from the test's own context.`;
          context.report({ node, message });
        }
      },
    };
  },
};

export default {
  meta: { name: 'plinth' },
  rules: {
    'no-hidden-now': noHiddenNow,
    'no-export-star': noExportStar,
    'max-params': maxParams,
    'no-shared-cleanup': noSharedCleanup,
  },
};
