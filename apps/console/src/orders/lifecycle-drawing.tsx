import { useId, useState } from 'react';
import { toLabel } from '../ui/badge.tsx';
import { type Drawing, narrow, states, type Transition, transitions, wide } from './lifecycle.ts';

/** `refund whole`. */
const toText = ({ event, extent }: Transition): string =>
  [toLabel(event).toLowerCase(), ...(extent ? [extent] : [])].join(' ');

type DrawnProps = {
  readonly drawing: Drawing;
  readonly status: string;
  readonly className: string;
};

const Arrows = ({ drawing, status, markerId }: Omit<DrawnProps, 'className'> & { readonly markerId: string }) =>
  // The steps of the present state lie above the others.
  drawing.arrows
    .toSorted((left, right) => Number(left.transition.from === status) - Number(right.transition.from === status))
    .map(({ transition, path, x, y }) => {
      const isNext = transition.from === status;
      return (
        <g key={path}>
          <path
            d={path}
            fill="none"
            strokeWidth={isNext ? 2 : 1}
            className={isNext ? 'stroke-accent-text' : 'stroke-control'}
            markerEnd={`url(#${markerId})`}
          />
          <text
            x={x}
            y={y}
            textAnchor="middle"
            dominantBaseline="central"
            paintOrder="stroke"
            strokeWidth="5"
            className={`stroke-surface text-[11px] ${isNext ? 'fill-accent-text font-semibold' : 'fill-muted'}`}
          >
            {toText(transition)}
          </text>
        </g>
      );
    });

/** Returns the steps that do not change a state. */
const toStaying = (state: string): string =>
  transitions
    .filter(({ from, to }) => from === state && to === state)
    .map(toText)
    .join(', ');

type NodeProps = Omit<DrawnProps, 'className'> & { readonly node: Drawing['nodes'][number] };

const Node = ({ drawing, status, node: { state, x, y } }: NodeProps) => {
  const { nodeWidth, nodeHeight } = drawing;
  const isNow = state === status;
  const staying = toStaying(state);
  return (
    <g>
      <rect
        x={x - nodeWidth / 2}
        y={y - nodeHeight / 2}
        width={nodeWidth}
        height={nodeHeight}
        rx="8"
        strokeWidth={isNow ? 2 : 1}
        className={isNow ? 'fill-accent stroke-accent' : 'fill-raised stroke-control'}
      />
      <text
        x={x}
        y={staying ? y - 7 : y}
        textAnchor="middle"
        dominantBaseline="central"
        className={`text-[13px] font-medium ${isNow ? 'fill-on-accent' : 'fill-text'}`}
      >
        {toLabel(state)}
      </text>
      {staying && (
        <text
          x={x}
          y={y + 10}
          textAnchor="middle"
          dominantBaseline="central"
          className={`text-[10px] ${isNow ? 'fill-on-accent' : 'fill-muted'}`}
        >
          {staying}
        </text>
      )}
    </g>
  );
};

const Drawn = ({ drawing, status, className }: DrawnProps) => {
  const markerId = useId();
  const { width, height, nodes } = drawing;
  return (
    <svg
      role="img"
      aria-label={`The states of an order and the steps between them. This order is ${toLabel(status).toLowerCase()}.`}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      className={`h-auto max-w-full ${className}`}
    >
      <defs>
        <marker
          id={markerId}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" fill="context-stroke" />
        </marker>
      </defs>
      <Arrows drawing={drawing} status={status} markerId={markerId} />
      {nodes.map((node) => (
        <Node key={node.state} drawing={drawing} status={status} node={node} />
      ))}
    </svg>
  );
};

const AsText = ({ status }: { readonly status: string }) => (
  <details className="mt-3 text-xs">
    <summary className="text-muted">The states as text</summary>
    <ul className="mt-2 grid gap-1">
      {states.map((state) => {
        const steps = transitions.filter(({ from }) => from === state);
        return (
          <li key={state}>
            <span className="font-medium">
              {toLabel(state)}
              {state === status && ' (now)'}
            </span>
            {steps.length > 0
              ? `: ${steps.map((step) => `${toText(step)} → ${toLabel(step.to).toLowerCase()}`).join('; ')}`
              : ': nothing follows'}
          </li>
        );
      })}
    </ul>
  </details>
);

/** The states of an order, with the present one marked. A narrow window shows it on demand, because it is tall there. */
export const LifecycleDrawing = ({ status }: { readonly status: string }) => {
  const [isOpen, setOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit text-muted">All states</summary>
      <div className="mt-3">
        <Drawn drawing={wide} status={status} className="max-xl:hidden" />
        <Drawn drawing={narrow} status={status} className="mx-auto xl:hidden" />
        <AsText status={status} />
      </div>
    </details>
  );
};
