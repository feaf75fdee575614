/** The rules that oxlint has no built-in for. */
type Node = { type: string; name?: string; parent?: Node };
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

export default {
  meta: { name: 'plinth' },
  rules: { 'no-hidden-now': noHiddenNow, 'no-export-star': noExportStar, 'max-params': maxParams },
};
