import { Graph, layout } from '@dagrejs/dagre';
import { orderLifecycle } from '@plinth/service-contracts/orders';
import { toDirectedGraph } from 'xstate/graph';

/** Evaluated at build time (`build/evaluate.ts`): a browser receives the drawing, and neither xstate nor dagre. */

export type Transition = {
  readonly from: string;
  readonly event: string;
  /** `whole` and `part` where the target depends on what is left. */
  readonly extent?: 'whole' | 'part';
  readonly to: string;
};

const { children } = toDirectedGraph(orderLifecycle);

export const states: readonly string[] = children.map(({ stateNode }) => stateNode.key);

export const transitions: readonly Transition[] = children.flatMap(({ edges }) =>
  edges.map(({ source, target, label, transition: { guard } }) => {
    const hasGuard = edges.some((other) => other.label.text === label.text && other.transition.guard);
    return {
      from: source.key,
      event: label.text,
      ...(hasGuard && { extent: guard ? 'whole' : 'part' }),
      to: target.key,
    };
  }),
);

type Point = { readonly x: number; readonly y: number };

export type Drawing = {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly nodes: readonly (Point & { readonly state: string })[];
  /** An arrow for each transition to another state, with its path and the place of its label. */
  readonly arrows: readonly (Point & { readonly transition: Transition; readonly path: string })[];
};

const toMiddle = (from: Point, to: Point): Point => ({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
const toText = ({ x, y }: Point): string => `${Math.round(x)} ${Math.round(y)}`;

/** Draws a line that bends at each point but the first and the last. */
const toPath = (points: readonly Point[]): string => {
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    const end = index === rest.length - 2 ? next : toMiddle(point, next);
    return `Q${toText(point)} ${toText(end)}`;
  });
  return [`M${toText(first)}`, ...(bends.length > 0 ? bends : rest.map((point) => `L${toText(point)}`))].join('');
};

type DrawingOptions = {
  readonly direction: 'LR' | 'TB';
  readonly nodeWidth: number;
  readonly labelWidth: number;
  readonly nodesep: number;
  readonly ranksep: number;
};

const draw = ({ direction, nodeWidth, labelWidth, nodesep, ranksep }: DrawingOptions): Drawing => {
  const nodeHeight = 44;
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep, ranksep, marginx: 6, marginy: 6 });
  for (const state of states) graph.setNode(state, { width: nodeWidth, height: nodeHeight });
  const moving = transitions.filter(({ from, to }) => from !== to);
  for (const { from, to, event } of moving) {
    graph.setEdge(from, to, { width: labelWidth, height: 16, labelpos: 'c' }, event);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  const round = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodeWidth,
    nodeHeight,
    nodes: states.map((state) => ({ state, ...round(graph.node(state) as Point) })),
    arrows: moving.map((transition) => {
      const { from, to, event } = transition;
      const edge = graph.edge({ v: from, w: to, name: event }) as unknown as Point & { readonly points: Point[] };
      return { transition, path: toPath(edge.points), ...round(edge) };
    }),
  };
};

export const wide = draw({ direction: 'LR', nodeWidth: 112, labelWidth: 66, nodesep: 24, ranksep: 16 });

export const narrow = draw({ direction: 'TB', nodeWidth: 112, labelWidth: 56, nodesep: 6, ranksep: 18 });
