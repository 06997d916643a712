import { InvalidInputError } from '../../model/errors';

/** A step of a group of actions, as far as order goes. */
export interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/**
 * Arranges steps into waves: each holds the steps whose dependencies are all in earlier waves.
 * @throws InvalidInputError for an id that is used twice, a dependency that does not exist, and a cycle, which it spells
 *   out.
 */
export function planWaves<T extends GraphNode>(nodes: readonly T[]): readonly (readonly T[])[] {
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

/** Every step of `rest` waits for another one of it, so following them comes back. */
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
