/** What worker processes under attack can run. */
import type { WorkflowDefinition } from '../../model/workflow';
import { shapes } from '../races/shapes';
import { randomProgramDefinition } from '../random/interpretProgram';
import { chaosOrder } from './chaosOrder';
import { lifeWorkflows } from './lifeDefinitions';

export const attackDefinitions: readonly WorkflowDefinition[] = [
  ...shapes.map(({ definition }) => definition),
  randomProgramDefinition,
  chaosOrder,
  ...lifeWorkflows,
];
