import { InvalidInputError } from '../model/errors';
import { assertStorableName } from '../model/storable';
import type { ActionToExecute, FailureStrategy, GroupMember, GroupOptions, SyncPoint } from '../model/actionGroups';

/** A member of a group, as far as order goes. */
interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

export interface ActionNode extends GraphNode {
  readonly kind: 'action';
  readonly action: ActionToExecute;
  readonly onError: FailureStrategy;
}
export interface SyncNode extends GraphNode {
  readonly kind: 'sync';
  readonly when: 'succeeded' | 'settled';
}
export type GroupNode = ActionNode | SyncNode;

export interface GroupPlan {
  /** Each wave's actions run at the same time; a sync point belongs to the wave in which it may be reached. */
  readonly waves: readonly (readonly GroupNode[])[];
  /** Actions in the order given. */
  readonly actions: readonly ActionNode[];
  readonly syncPoints: readonly SyncNode[];
}

/** @throws InvalidInputError for an id that is used twice, a dependency that does not exist, a cycle, a wrong strategy. */
export function planGroup(members: readonly GroupMember[], options: GroupOptions = {}): GroupPlan {
  const nodes = members.map((member) => nodeOf(member, options));
  if (options.transaction === true) checkTransaction(nodes);
  return {
    waves: planWaves(nodes),
    actions: nodes.filter((node) => node.kind === 'action'),
    syncPoints: nodes.filter((node) => node.kind === 'sync'),
  };
}

const isSyncPoint = (member: GroupMember): member is SyncPoint => 'syncPoint' in member;

function nodeOf(member: GroupMember, options: GroupOptions): GroupNode {
  const names = isSyncPoint(member) ? [member.syncPoint] : [member.actionName, member.id ?? ''];
  for (const name of names) assertStorableName(name, 'A name in a group of actions');
  if (isSyncPoint(member)) {
    const { syncPoint: id, dependsOn, when = 'succeeded' } = member;
    return { kind: 'sync', id, dependsOn, when };
  }
  const { actionName, id = actionName, dependsOn = [], onError = options.onError ?? 'stop' } = member;
  if (typeof actionName !== 'string' || actionName === '') {
    throw new InvalidInputError('Each action of a group needs an actionName.');
  }
  if (!['stop', 'continue', 'retry', 'compensate'].includes(onError)) {
    throw new InvalidInputError(
      `Action "${id}" has the strategy "${onError}". Use stop, continue, retry or compensate.`,
    );
  }
  return { kind: 'action', id, dependsOn, action: member, onError };
}

function checkTransaction(nodes: readonly GroupNode[]): void {
  const other = nodes.find((node) => node.kind === 'action' && node.onError !== 'stop');
  if (!other) return;
  throw new InvalidInputError(
    `Action "${other.id}" cannot have a strategy of its own: a group in one transaction succeeds or fails as a whole.`,
  );
}

/**
 * Arranges nodes into waves: each holds those whose dependencies are all in earlier waves.
 * @throws InvalidInputError for an id that is used twice, a dependency that does not exist, and a cycle, which it spells
 *   out.
 */
function planWaves<T extends GraphNode>(nodes: readonly T[]): readonly (readonly T[])[] {
  const ids = new Set<string>();
  for (const { id } of nodes) {
    if (ids.has(id)) throw new InvalidInputError(`Two actions have the id "${id}". Give each its own.`);
    ids.add(id);
  }
  for (const { id, dependsOn } of nodes) {
    const unknown = dependsOn.find((dependency) => !ids.has(dependency));
    if (unknown !== undefined) {
      throw new InvalidInputError(`Action "${id}" depends on "${unknown}", which is not among the actions.`);
    }
  }
  const waves: T[][] = [];
  const placed = new Set<string>();
  let rest = [...nodes];
  while (rest.length > 0) {
    const wave = rest.filter(({ dependsOn }) => dependsOn.every((id) => placed.has(id)));
    if (wave.length === 0)
      throw new InvalidInputError(`The actions depend on each other: ${cycleIn(rest).join(' → ')}.`);
    waves.push(wave);
    for (const { id } of wave) placed.add(id);
    rest = rest.filter(({ id }) => !placed.has(id));
  }
  return waves;
}

/** Every node of `rest` waits for another one of it, so following them comes back. */
function cycleIn(rest: readonly GraphNode[]): string[] {
  const byId = new Map(rest.map((node) => [node.id, node]));
  const path: string[] = [];
  let id = rest[0]?.id ?? '';
  while (!path.includes(id)) {
    path.push(id);
    id = byId.get(id)?.dependsOn.find((dependency) => byId.has(dependency)) ?? '';
  }
  return [...path.slice(path.indexOf(id)), id];
}
