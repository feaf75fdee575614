import type { Contract } from '@plinth/contract-kit';
import type { AnyStateMachine } from 'xstate';
import { type DirectedGraphEdge, toDirectedGraph } from 'xstate/graph';

/** Mermaid reserves the words of some names, so that a state has an id and a label. */
const toStateId = (key: string): string => `s_${key.replaceAll('-', '_')}`;

const toTransition = ({ source, target, label, transition: { guard } }: DirectedGraphEdge): string => {
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  return `  ${toStateId(source.key)} --> ${toStateId(target.key)}: ${label.text}${condition}`;
};

const renderLifecycle = ({ name, lifecycle }: Contract): string[] => {
  const machine = lifecycle as AnyStateMachine;
  const { children: states } = toDirectedGraph(machine);
  const keys = states.map(({ stateNode }) => stateNode.key);
  const isFinal = ({ stateNode }: (typeof states)[number]): boolean => stateNode.type === 'final';
  return [
    `## ${name}`,
    '',
    '```mermaid',
    'stateDiagram-v2',
    ...keys.map((key) => `  state "${key}" as ${toStateId(key)}`),
    ...machine.root.initial.target.map(({ key }) => `  [*] --> ${toStateId(key)}`),
    ...states.flatMap(({ edges }) => edges.map(toTransition)),
    ...states.filter(isFinal).map(({ stateNode }) => `  ${toStateId(stateNode.key)} --> [*]`),
    '```',
    '',
  ];
};

/** Renders the state machines of contracts, as Markdown with Mermaid diagrams. */
export const renderLifecycles = (contracts: readonly Contract[]): string =>
  [
    '# Lifecycles',
    '',
    'The state machines of resources. Generated from their definitions in the contracts by `npm run build`. A change that the status of a',
    'resource does not allow is a 409 `illegal-transition`, whose `data` names those that it allows. A condition in brackets is looked at first.',
    '',
    ...contracts.filter(({ lifecycle }) => lifecycle).flatMap(renderLifecycle),
  ].join('\n');
