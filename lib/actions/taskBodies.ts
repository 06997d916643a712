/** Bodies of the task part of the API: nothing else is taken. Routes read by them, and the description is made of them. */
import { z } from 'zod';
import {
  answerSchema,
  draftSchema,
  handoverSchema,
  manyTasksSchema,
  noteSchema,
  questionSchema,
  reasonSchema,
  textSchema,
} from './taskInput';

export { planSchema as planBody } from './taskInput';
export const completeBody = z.strictObject(answerSchema.shape);
export const handoverBody = z.strictObject(handoverSchema.shape);
export const reasonBody = z.strictObject(reasonSchema.shape);
export const noteBody = z.strictObject(noteSchema.shape);
export const questionBody = z.strictObject(questionSchema.shape);
export const textBody = z.strictObject(textSchema.shape);
export const draftBody = z.strictObject(draftSchema.shape);
export const manyTasksBody = z.strictObject(manyTasksSchema.shape);
export const assignManyBody = z.strictObject({ ...manyTasksSchema.shape, ...handoverSchema.shape });
export const completeManyBody = z.strictObject({
  ...manyTasksSchema.shape,
  ...answerSchema.omit({ expectedVersion: true }).shape,
});
